package dev.waymark.core.error;

/**
 * A transaction of the caller and the call do not fit together. The call read, stored and changed
 * nothing, and the caller's transaction is as it was. A repeated call fails again.
 *
 * <p>Either the store was called inside a transaction of the caller and would use the connection of
 * that transaction: a commit of the store would then also commit the open changes of the caller.
 * Call the store outside the transaction, or give the store a data source whose connections do not
 * take part in transactions of the calling thread.
 *
 * <p>Or a change set is to be committed within a transaction of the caller, and the connection is
 * closed, read-only or in autocommit mode, or leads to another database.
 *
 * @since 0.1.0
 */
public final class CallerTransactionException extends WaymarkException {
  private static final long serialVersionUID = 1L;

  /** Creates the error. The message names the store, what was found and what to do. */
  public CallerTransactionException(String message) {
    super(message, null);
  }
}
