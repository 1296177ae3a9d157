package dev.waymark.core.internal.decide;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Parent;
import dev.waymark.core.model.WorkflowId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The data of an execution that decisions need. Labels, inputs and errors are not loaded. */
public record ExecutionHead(
    ExecutionId id,
    WorkflowId workflowId,
    ExecutionState state,
    long version,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    String requestHash,
    @Nullable Parent parent,
    @Nullable ExecutionId continuedAs) {

  /**
   * Returns 1 when the execution counts as in progress for its workflow, otherwise 0. It counts
   * when it is RUNNING or CANCELLING, and when it is PAUSED after it began.
   */
  int countsAsUnderWay() {
    return switch (state) {
      case RUNNING, CANCELLING -> 1;
      case PAUSED -> startedAt == null ? 0 : 1;
      case PENDING, SUCCEEDED, FAILED, CANCELLED -> 0;
    };
  }

  ExecutionHead moved(ExecutionState to, Instant at) {
    return new ExecutionHead(
        id,
        workflowId,
        to,
        version + 1,
        createdAt,
        startedAt == null && to == ExecutionState.RUNNING ? at : startedAt,
        to.isTerminal() ? at : null,
        requestHash,
        parent,
        continuedAs);
  }

  ExecutionHead continued(ExecutionId next) {
    return new ExecutionHead(
        id, workflowId, state, version, createdAt, startedAt, endedAt, requestHash, parent, next);
  }
}
