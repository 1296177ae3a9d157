package dev.waymark.cli.internal.progress;

import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.runner.api.TaskRunProgress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The progress of one task: of its newest iteration.
 *
 * @param task its id, with the number of the iteration if that is not the first
 * @param state the state of its task run
 * @param attempt the number of its latest attempt, 0 if there is none
 * @param startedAt when its first attempt started, or null
 * @param endedAt when it ended, or null
 * @param error why its latest attempt did not succeed, or null
 * @param retryAt when the next attempt can start, or null
 */
record Row(
    String task,
    TaskRunState state,
    int attempt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable String error,
    @Nullable Instant retryAt) {

  /** Returns the row of a task run in the store. */
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

  /** Returns the row of an iteration that begins. */
  static Row of(TaskId task) {
    return new Row(task.value(), TaskRunState.PENDING, 0, null, null, null, null);
  }

  /** Returns the row after a change. */
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

  /** Whether the task is active or has failed: the rows that a user looks for first. */
  boolean isOfInterest() {
    return state == TaskRunState.RUNNING
        || state == TaskRunState.RETRYING
        || state == TaskRunState.WAITING
        || state == TaskRunState.FAILED;
  }
}
