package dev.waymark.jdbc.internal.read;

import dev.waymark.core.internal.decide.ExecutionHead;
import dev.waymark.core.internal.decide.LeaseState;
import dev.waymark.core.internal.decide.Ledger;
import dev.waymark.core.internal.decide.TaskRunCounts;
import dev.waymark.core.internal.decide.TaskRunHead;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import org.jspecify.annotations.Nullable;

/**
 * A ready task run that a claim has picked, with all that the claim needs of it.
 *
 * @param taskRun the task run as it was before
 * @param attemptState the state of its newest attempt; null when it has none
 * @param lease how the lease of that attempt stands
 * @param pool the pool in which it was ready
 * @param priority its priority
 * @param readyAt since when it is ready, in microseconds since 1970-01-01T00:00:00Z
 * @param requestHash the request hash of its execution
 * @param execution its execution as it was before
 * @param stateBefore the state of its execution when picking began, before it was locked
 * @param counts the counts of its execution; null when they are not known
 */
public record Candidate(
    TaskRun taskRun,
    @Nullable AttemptState attemptState,
    LeaseState lease,
    String pool,
    int priority,
    long readyAt,
    String requestHash,
    Execution execution,
    ExecutionState stateBefore,
    @Nullable TaskRunCounts counts) {

  /** Whether it was ready before its execution moved to CANCELLING, so that it may not start. */
  public boolean isCancelled() {
    return execution.state() == ExecutionState.CANCELLING
        && stateBefore != ExecutionState.CANCELLING;
  }

  /** The id of the task run. */
  public TaskRunId id() {
    return taskRun.id();
  }

  /** Notes the task run and its execution. */
  public void addTo(Ledger ledger) {
    ledger.load(
        new ExecutionHead(
            execution.id(),
            execution.workflowId(),
            execution.state(),
            execution.version(),
            execution.createdAt(),
            execution.startedAt(),
            execution.endedAt(),
            requestHash,
            execution.parent(),
            execution.continuedAs()));
    if (counts != null) {
      ledger.load(execution.id(), counts);
    }
    ledger.load(
        new TaskRunHead(
            taskRun.id(),
            taskRun.executionId(),
            taskRun.taskId(),
            taskRun.state(),
            taskRun.version(),
            taskRun.lastAttempt(),
            attemptState,
            lease,
            taskRun.startedAt(),
            taskRun.endedAt()));
  }
}
