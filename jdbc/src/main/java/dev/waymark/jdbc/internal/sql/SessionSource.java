package dev.waymark.jdbc.internal.sql;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Provides sessions and takes them back. Thread-safe. A session is returned by exactly one of
 * {@code release} and {@code discard}.
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

  /** A session that may write; waits for one, within the limit of the backend. */
  Session writer() throws SQLException;

  /** A session for reading; waits for one, within the limit of the backend. */
  Session reader() throws SQLException;

  /** Takes back a usable session that is in no transaction. */
  void release(Session session);

  /**
   * Takes back a session after an error, and closes it unless the backend knows that it is usable
   * after {@code cause}; null when that was no error of the database.
   */
  void discard(Session session, @Nullable SQLException cause);

  /** Closes every session. */
  @Override
  void close();
}
