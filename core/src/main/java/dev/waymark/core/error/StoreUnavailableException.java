package dev.waymark.core.error;

import org.jspecify.annotations.Nullable;

/**
 * The store cannot be reached or cannot write now: it could not be opened, stayed locked for longer
 * than the busy time-out, or its disk is full.
 *
 * <p>{@link #outcome()} says what a call that writes has left in the store. While it is {@link
 * Outcome#UNKNOWN} for a change set, every later error of the same store for the same commit id
 * says so too, until a call with that commit id has an answer. Repeating a commit with the same
 * commit id is always safe. A change set whose outcome is unknown must not be committed under
 * another commit id: it may take effect twice.
 */
public final class StoreUnavailableException extends WaymarkException {
  private static final long serialVersionUID = 2L;

  private final Outcome outcome;

  /** What a call that failed has left in the store. */
  public enum Outcome {
    /**
     * The call stored nothing, and neither did an earlier one of the same store with the same
     * commit id whose outcome was unknown.
     */
    NOT_STORED,
    /**
     * The change set, or the claim, may have become durable. Repeat the commit with the same commit
     * id; what an unanswered claim took is free again when the lease has expired.
     */
    UNKNOWN
  }

  /**
   * Makes the error of a call that stored nothing; the message says which store, what was found and
   * what to do.
   */
  public StoreUnavailableException(String message, @Nullable Throwable cause) {
    this(message, cause, Outcome.NOT_STORED);
  }

  /** Makes the error of a call with this outcome. */
  public StoreUnavailableException(String message, @Nullable Throwable cause, Outcome outcome) {
    super(message, cause);
    this.outcome = outcome;
  }

  /** What the call has left in the store. */
  public Outcome outcome() {
    return outcome;
  }
}
