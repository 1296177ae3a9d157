package dev.waymark.cli.internal.progress;

import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.runner.api.TaskRunProgress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where one task stands.
 *
 * @param task its id
 * @param state the state of its task run
 * @param attempt the number of its newest attempt, 0 while there is none
 * @param startedAt when it first ran, or null
 * @param endedAt when it ended, or null
 * @param error why its newest attempt did not succeed, or null
 * @param retryAt when the next attempt may start, or null
 */
record Row(
    String task,
    TaskRunState state,
    int attempt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable String error,
    @Nullable Instant retryAt) {

  /** The row of a task run as the store has it. */
  static Row of(TaskRun taskRun) {
    return new Row(
        taskRun.taskId().value(),
        taskRun.state(),
        taskRun.lastAttempt(),
        taskRun.startedAt(),
        taskRun.endedAt(),
        null,
        null);
  }

  /** The row after a change. */
  Row after(TaskRunProgress change) {
    boolean ended = change.state().isTerminal();
    Instant start = startedAt == null && change.attempt() > 0 ? change.at() : startedAt;
    return new Row(
        task,
        change.state(),
        change.attempt(),
        start,
        ended ? change.at() : null,
        change.error(),
        change.retryAt());
  }

  /** Whether something happens with it now, or it went wrong: what a user looks for first. */
  boolean isOfInterest() {
    return state == TaskRunState.RUNNING
        || state == TaskRunState.RETRYING
        || state == TaskRunState.FAILED;
  }
}
