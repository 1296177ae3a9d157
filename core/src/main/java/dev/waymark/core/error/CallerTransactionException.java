package dev.waymark.core.error;

/**
 * The store was called inside a transaction of the caller, and its connection would be the one of
 * that transaction: a commit of the store would commit what the caller has open. Nothing was read,
 * stored or changed; the caller's transaction goes on.
 *
 * <p>Call the store outside of the transaction, or give it a data source whose connections do not
 * take part in transactions of the calling thread. Repeating the call inside the transaction fails
 * again.
 *
 * @since 0.1.0
 */
public final class CallerTransactionException extends WaymarkException {
  private static final long serialVersionUID = 1L;

  /** Makes the error; the message says which store, what was found and what to do. */
  public CallerTransactionException(String message) {
    super(message, null);
  }
}
