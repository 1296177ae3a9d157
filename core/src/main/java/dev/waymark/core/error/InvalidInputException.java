package dev.waymark.core.error;

/**
 * An argument is outside what is allowed. It was refused at the boundary; nothing of it was stored.
 */
public final class InvalidInputException extends WaymarkException {
  private static final long serialVersionUID = 1L;

  /** Makes the error; the message says what was found, what is allowed and what to do. */
  public InvalidInputException(String message) {
    super(message, null);
  }
}
