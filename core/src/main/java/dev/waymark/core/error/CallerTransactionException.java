package dev.waymark.core.error;

/**
 * The store was called inside a transaction of the caller and would use the connection of that
 * transaction. A commit of the store would then also commit the open changes of the caller. The
 * call read, stored and changed nothing. The caller's transaction stays open.
 *
 * <p>Call the store outside the transaction, or give the store a data source whose connections do
 * not take part in transactions of the calling thread. A repeated call inside the transaction fails
 * again.
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
