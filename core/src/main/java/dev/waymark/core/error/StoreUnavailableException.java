package dev.waymark.core.error;

import org.jspecify.annotations.Nullable;

/**
 * The store cannot be reached or cannot write now: it could not be opened, stayed locked for longer
 * than the busy time-out, or its disk is full.
 *
 * <p>A commit that ends with this error may or may not have become durable when the message says
 * that its outcome is unknown; repeating it with the same commit id is always safe. In every other
 * case nothing was stored.
 */
public final class StoreUnavailableException extends WaymarkException {
  private static final long serialVersionUID = 1L;

  /** Makes the error; the message says which store, what was found and what to do. */
  public StoreUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
