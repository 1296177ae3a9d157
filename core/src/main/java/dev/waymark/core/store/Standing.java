package dev.waymark.core.store;

import dev.waymark.core.model.ExecutionState;
import java.util.Objects;

/**
 * A summary of the state of an execution, for optimistic concurrency. It contains everything on
 * which the next decision about the execution may depend. A caller that has decided on one snapshot
 * of an execution commits this summary as a precondition ({@link Change.SettleExecution}).
 *
 * <p>A claim of a task run changes none of the counts. Every event that needs a new decision
 * changes at least one component. {@code ended} never decreases.
 *
 * @param version the version of the execution
 * @param state its state
 * @param unfinished number of its task runs that have not ended
 * @param ended number of its task runs that have ended plus number of their attempts that have
 *     ended
 * @since 0.1.0
 */
public record Standing(long version, ExecutionState state, int unfinished, int ended) {
  /** Rejects null. */
  public Standing {
    Objects.requireNonNull(state, "state");
  }
}
