package dev.waymark.core.error;

import org.jspecify.annotations.Nullable;

/**
 * The database rejected a call, and rejects it again if it is repeated. Possible causes are a value
 * that the database cannot hold, a constraint or trigger that is not Waymark's, or a missing
 * privilege. The call stored nothing.
 *
 * <p>A retry does not help. Other calls are not affected: a commit that fails with this error does
 * not fail the other commits of its group.
 *
 * @since 0.1.0
 */
public final class StoreRejectedException extends WaymarkException {
  private static final long serialVersionUID = 1L;

  /** Creates the error. The message names the store, the error of the database and what to do. */
  public StoreRejectedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
