package dev.waymark.core.error;

import org.jspecify.annotations.Nullable;

/**
 * The store cannot be reached or cannot write now. For example, it could not be opened, was locked
 * for longer than the busy time-out, or its disk is full.
 *
 * <p>{@link #outcome()} says whether a call that writes may have stored something. After {@link
 * Outcome#UNKNOWN} for a change set, every later error of the same store for the same commit id
 * also has this outcome, until a call with that commit id returns a result. It is always safe to
 * repeat a commit with the same commit id. Do not commit a change set with an unknown outcome under
 * another commit id: it may take effect twice.
 *
 * <p>A commit that is repeated until its outcome is known:
 *
 * <pre>{@code
 * ChangeSet changes =
 *     ChangeSet.builder().updateExecution(execution, ExecutionState.RUNNING).build();
 * for (int tries = 1; ; tries++) {
 *   try {
 *     store.commit(changes);
 *     break;
 *   } catch (StoreUnavailableException e) {
 *     if (tries == 5) {
 *       throw e;
 *     }
 *   }
 * }
 * }</pre>
 *
 * @since 0.1.0
 */
public final class StoreUnavailableException extends WaymarkException {
  private static final long serialVersionUID = 2L;

  private final Outcome outcome;

  /** What a failed call stored. */
  public enum Outcome {
    /**
     * The call stored nothing. Earlier calls of the same store with the same commit id, whose
     * outcome was unknown, stored nothing either.
     */
    NOT_STORED,
    /**
     * The change set, or the claim, may have become durable. Repeat a commit with the same commit
     * id. Task runs that the claim took can be recovered when their leases have expired.
     */
    UNKNOWN
  }

  /**
   * Creates the error of a call that stored nothing. The message names the store, what was found
   * and what to do.
   */
  public StoreUnavailableException(String message, @Nullable Throwable cause) {
    this(message, cause, Outcome.NOT_STORED);
  }

  /** Creates the error of a call with this outcome. */
  public StoreUnavailableException(String message, @Nullable Throwable cause, Outcome outcome) {
    super(message, cause);
    this.outcome = outcome;
  }

  /** What the call stored. */
  public Outcome outcome() {
    return outcome;
  }
}
