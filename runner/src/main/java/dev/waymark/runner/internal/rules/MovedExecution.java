package dev.waymark.runner.internal.rules;

import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An execution after a move of this runner, which need not be read from the store again. */
final class MovedExecution {
  private MovedExecution() {}

  /**
   * The execution after its next move, to this state at this time.
   *
   * @param continuedAs the execution that continues it from this move on, or null
   */
  static Execution of(
      Execution before,
      ExecutionState to,
      Instant at,
      @Nullable String error,
      @Nullable ExecutionId continuedAs) {
    boolean begins = to == ExecutionState.RUNNING && before.startedAt() == null;
    return new Execution(
        before.id(),
        before.workflowId(),
        before.workflowRevision(),
        to,
        before.version() + 1,
        before.labels(),
        before.input(),
        before.createdAt(),
        begins ? at : before.startedAt(),
        to.isTerminal() ? at : before.endedAt(),
        error == null ? before.error() : error,
        before.parent(),
        before.continues(),
        continuedAs == null ? before.continuedAs() : continuedAs);
  }
}
