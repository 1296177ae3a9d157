package dev.waymark.core.error;

/**
 * An argument is invalid or over a limit. The call stored nothing.
 *
 * @since 0.1.0
 */
public final class InvalidInputException extends WaymarkException {
  private static final long serialVersionUID = 1L;

  /** Creates the error. The message says what was found, what is allowed and what to do. */
  public InvalidInputException(String message) {
    super(message, null);
  }
}
