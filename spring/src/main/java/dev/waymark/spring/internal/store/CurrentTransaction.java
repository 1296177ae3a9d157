package dev.waymark.spring.internal.store;

import java.sql.Connection;
import org.jspecify.annotations.Nullable;

/** Finds the transaction of the calling thread in the database of the store. */
public interface CurrentTransaction {
  /** There is none, ever. */
  CurrentTransaction NONE =
      new CurrentTransaction() {
        @Override
        public @Nullable Connection connection() {
          return null;
        }

        @Override
        public void release(Connection connection) {}
      };

  /** The connection of the transaction; null when the thread has none. */
  @Nullable Connection connection();

  /** Gives back what {@link #connection} returned. The transaction goes on. */
  void release(Connection connection);
}
