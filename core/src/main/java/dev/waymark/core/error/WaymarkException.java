package dev.waymark.core.error;

import org.jspecify.annotations.Nullable;

/** The root of everything that Waymark throws on purpose. Its message is fit for a user to read. */
public abstract class WaymarkException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Makes an error with its message and, where there is one, its cause. */
  protected WaymarkException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
