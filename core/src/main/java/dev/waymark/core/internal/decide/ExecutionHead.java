package dev.waymark.core.internal.decide;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.WorkflowId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What deciding needs to know of an execution. Labels, inputs and errors stay on the disk. */
public record ExecutionHead(
    ExecutionId id,
    WorkflowId workflowId,
    ExecutionState state,
    long version,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    String requestHash) {

  /** 1 when it counts as in progress for its workflow: started and not ended; else 0. */
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
