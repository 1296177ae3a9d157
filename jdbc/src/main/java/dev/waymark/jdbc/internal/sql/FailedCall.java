package dev.waymark.jdbc.internal.sql;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.StoreUnavailableException.Outcome;
import java.sql.SQLException;

/** The kind of a call that failed, which decides what its error says about what is stored. */
public enum FailedCall {
  /** The store is being opened. */
  OPENING(""),
  /** A read. */
  READ(""),
  /** A commit or a claim that stored nothing. */
  WRITE("; nothing was stored by this call"),
  /** A commit within a transaction of the caller; that transaction is as it was before. */
  PART_OF_TRANSACTION(
      "; nothing was stored by this call, and the transaction of the caller can go on"),
  /** A commit within a transaction of the caller, which the database has given up. */
  LOST_TRANSACTION(
      "; nothing was stored by this call. The transaction of the caller cannot go on: roll it back"),
  /** A commit that may have been stored, by this call or by an earlier one. */
  UNKNOWN_COMMIT("; it is unknown whether it was stored: repeat it with the same commit id"),
  /** A claim that may have been stored. */
  UNKNOWN_CLAIM(
      "; it is unknown whether task runs were claimed: if so, other workers can claim them when the"
          + " lease has expired");

  private final String stored;

  FailedCall(String stored) {
    this.stored = stored;
  }

  /** What the message of the error says at its end. */
  public String stored() {
    return stored;
  }

  /** Whether the call may have stored something. */
  public boolean isUnknown() {
    return this == UNKNOWN_COMMIT || this == UNKNOWN_CLAIM;
  }

  /** The error of this call when the store is unavailable. */
  public StoreUnavailableException unavailable(String message, SQLException cause) {
    return new StoreUnavailableException(
        message + stored, cause, isUnknown() ? Outcome.UNKNOWN : Outcome.NOT_STORED);
  }
}
