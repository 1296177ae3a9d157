package dev.waymark.core.error;

import org.jspecify.annotations.Nullable;

/**
 * The database refused what a call asked for, and would refuse it again: a value that it cannot
 * hold, a constraint or trigger that somebody added, a missing privilege. Nothing was stored.
 *
 * <p>Waiting does not help. Other calls are not affected: a commit that fails with this error fails
 * alone, whatever was committed at the same moment.
 */
public final class StoreRejectedException extends WaymarkException {
  private static final long serialVersionUID = 1L;

  /** Makes the error; the message says which store, what the database said and what to do. */
  public StoreRejectedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
