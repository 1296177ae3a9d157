package dev.waymark.core.internal.decide;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.WorkflowId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The data of an execution that decisions need. Labels, inputs and errors are not loaded. */
public record ExecutionHead(
    ExecutionId id,
    WorkflowId workflowId,
    ExecutionState state,
    long version,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    String requestHash) {

  /**
   * Returns 1 when the execution counts as in progress for its workflow (started and not ended),
   * otherwise 0.
   */
  int countsAsUnderWay() {
    return state == ExecutionState.PENDING || state.isTerminal() ? 0 : 1;
  }

  ExecutionHead moved(ExecutionState to, Instant at) {
    return new ExecutionHead(
        id,
        workflowId,
        to,
        version + 1,
        startedAt == null && to == ExecutionState.RUNNING ? at : startedAt,
        to.isTerminal() ? at : null,
        requestHash);
  }
}
