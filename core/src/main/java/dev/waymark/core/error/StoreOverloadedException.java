package dev.waymark.core.error;

/**
 * More change sets wait to be committed than the store lets wait. Nothing of the one that was
 * refused was stored; commit it again when some of the others have been answered.
 */
public final class StoreOverloadedException extends WaymarkException {
  private static final long serialVersionUID = 1L;

  /** Makes the error; the message says how many wait and which limit they reached. */
  public StoreOverloadedException(String message) {
    super(message, null);
  }
}
