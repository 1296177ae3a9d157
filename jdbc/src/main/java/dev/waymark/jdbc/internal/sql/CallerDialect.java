package dev.waymark.jdbc.internal.sql;

import dev.waymark.core.error.CallerTransactionException;
import dev.waymark.core.error.WaymarkException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * What differs between the backends when a change set is committed within a transaction of the
 * caller. The transaction has other settings than those of the store, may have been used before,
 * and goes on afterwards. So each commit is a savepoint in it. Thread-safe.
 */
public interface CallerDialect {

  /**
   * Checks, without changing anything, that a connection is in a transaction that can read this
   * store.
   *
   * @throws CallerTransactionException when it is closed or in autocommit mode, or is a connection
   *     to another database
   */
  void check(Connection connection) throws SQLException;

  /**
   * Checks in addition that the transaction can write.
   *
   * @throws CallerTransactionException when the connection is read-only
   */
  default void checkWritable(Connection connection) throws SQLException {}

  /**
   * Begins a commit: sets a savepoint, and makes the settings that the statements of the store
   * need. It may do so no sooner than with the first statement after it.
   */
  void begin(Session session) throws SQLException;

  /**
   * Writes one set of rows after the other, restores the settings of the caller, and releases the
   * savepoint. What was written is durable when the caller commits.
   *
   * @param counts how the numbers of executions change by these writes
   * @param notifies whether workers must be notified when the caller commits
   * @return false when a record to be inserted exists already; then the commit is to be undone
   */
  boolean write(Session session, List<Rows> writes, CountChanges counts, boolean notifies)
      throws SQLException;

  /** Begins a read, as {@link #begin} does for a commit, but at once. */
  void beginRead(Session session) throws SQLException;

  /** Ends a read: restores the settings of the caller, and releases the savepoint. */
  void endRead(Session session) throws SQLException;

  /** Goes back to the savepoint, with all settings and locks that followed it, and releases it. */
  void undo(Session session) throws SQLException;

  /**
   * Whether a repetition in the same transaction may succeed after this error, which was undone:
   * another transaction was in the way, and the next statement of this one sees what it did.
   */
  boolean mayRepeat(Session session, SQLException error) throws SQLException;

  /**
   * The error that a caller receives.
   *
   * @param isUsable whether the transaction may go on
   */
  WaymarkException explain(Session session, String attempted, SQLException cause, boolean isUsable);
}
