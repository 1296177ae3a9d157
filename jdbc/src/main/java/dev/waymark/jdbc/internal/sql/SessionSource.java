package dev.waymark.jdbc.internal.sql;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Where sessions come from and where they go. Thread-safe. A session is given back by exactly one
 * of {@code release} and {@code discard}.
 */
public interface SessionSource extends AutoCloseable {

  /**
   * Checks that this thread may commit now, before its change set joins a group that another thread
   * may lead. A source whose sessions do not depend on the thread has nothing to check.
   *
   * @throws dev.waymark.core.error.CallerTransactionException when a session of this thread would
   *     be inside a transaction of the caller
   */
  default void checkCaller() throws SQLException {}

  /** A session that may write; waits for one, within the backend's bound. */
  Session writer() throws SQLException;

  /** A session for reading; waits for one, within the backend's bound. */
  Session reader() throws SQLException;

  /** Takes back a session that is in order and in no transaction. */
  void release(Session session);

  /**
   * Takes back a session on which something went wrong, and closes it unless the backend knows that
   * it is in order after {@code cause}; null when that was no error of the database.
   */
  void discard(Session session, @Nullable SQLException cause);

  /** Closes every session. */
  @Override
  void close();
}
