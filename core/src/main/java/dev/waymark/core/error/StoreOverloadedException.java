package dev.waymark.core.error;

/**
 * The queue of change sets that wait to be committed is full (back-pressure). The rejected call
 * stored nothing. Commit the change set again after some of the waiting commits have returned.
 *
 * @since 0.1.0
 */
public final class StoreOverloadedException extends WaymarkException {
  private static final long serialVersionUID = 1L;

  /** Creates the error. The message says how many change sets wait and which limits apply. */
  public StoreOverloadedException(String message) {
    super(message, null);
  }
}
