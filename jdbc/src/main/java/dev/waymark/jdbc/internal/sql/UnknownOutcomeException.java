package dev.waymark.jdbc.internal.sql;

import java.sql.SQLException;

/**
 * A transaction failed after its COMMIT was sent, so that it may have become durable. The cause is
 * what failed.
 */
public final class UnknownOutcomeException extends SQLException {
  private static final long serialVersionUID = 1L;

  /** Makes the error; the reason says what failed. */
  public UnknownOutcomeException(String reason, Throwable cause) {
    super(reason, cause);
  }

  /** The error of a COMMIT that failed with this. */
  public static UnknownOutcomeException of(Throwable cause) {
    return new UnknownOutcomeException("COMMIT failed: " + cause.getMessage(), cause);
  }
}
