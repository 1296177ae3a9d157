package dev.waymark.core.internal.decide;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The data of a task run, of its newest attempt and of the lease of that attempt that decisions
 * need.
 */
public record TaskRunHead(
    TaskRunId id,
    ExecutionId executionId,
    TaskId taskId,
    TaskRunState state,
    long version,
    int lastAttempt,
    @Nullable AttemptState lastAttemptState,
    LeaseState lease,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt) {

  /** Whether the newest attempt is live. */
  boolean hasLiveAttempt() {
    return lastAttemptState != null && !lastAttemptState.isTerminal();
  }

  /** Returns 1 when the task run counts as one that has not ended, otherwise 0. */
  int countsAsLive() {
    return state.isTerminal() ? 0 : 1;
  }

  /** The number of its attempts that have ended. Only the newest attempt may be live. */
  int endedAttempts() {
    return hasLiveAttempt() ? lastAttempt - 1 : lastAttempt;
  }

  /** The newest attempt. Call it only for a task run that has an attempt. */
  AttemptId newestAttempt() {
    return new AttemptId(id, lastAttempt);
  }

  TaskRunHead moved(TaskRunState to, Instant at) {
    return new TaskRunHead(
        id,
        executionId,
        taskId,
        to,
        version + 1,
        lastAttempt,
        lastAttemptState,
        lease,
        startedAt == null && to == TaskRunState.RUNNING ? at : startedAt,
        to.isTerminal() ? at : null);
  }

  TaskRunHead withAttempt(int number, AttemptState attemptState, LeaseState leaseState) {
    return new TaskRunHead(
        id,
        executionId,
        taskId,
        state,
        version,
        number,
        attemptState,
        leaseState,
        startedAt,
        endedAt);
  }
}
