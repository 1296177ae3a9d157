package dev.waymark.core.error;

import org.jspecify.annotations.Nullable;

/**
 * The base class of the exceptions that Waymark defines. The message is written for users.
 *
 * @since 0.1.0
 */
public abstract class WaymarkException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates an error with its message and its cause, which may be null. */
  protected WaymarkException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
