package dev.waymark.core.internal.decide;

import org.jspecify.annotations.Nullable;

/**
 * The numbers of task runs and ended attempts of an execution.
 *
 * @param taskRuns how many task runs
 * @param live how many of them have not ended
 * @param endedAttempts how many attempts have ended, of all task runs
 */
public record TaskRunCounts(int taskRuns, int live, int endedAttempts) {
  /** The counts of an execution that has just been created. */
  public static final TaskRunCounts NONE = new TaskRunCounts(0, 0, 0);

  /**
   * Marks counts that changed while they were not loaded: code that needs them must load them. It
   * hides counts that were known before.
   */
  static final TaskRunCounts UNKNOWN = new TaskRunCounts(-1, -1, -1);

  /** The counts of an execution of which nothing has ended. */
  public static TaskRunCounts allLive(int taskRuns) {
    return new TaskRunCounts(taskRuns, taskRuns, 0);
  }

  /** Number of ended task runs plus number of ended attempts. */
  public int ended() {
    return taskRuns - live + endedAttempts;
  }

  /** The counts after a change of one task run; {@code before} is null for a new one. */
  TaskRunCounts after(@Nullable TaskRunHead before, TaskRunHead after) {
    return before == null
        ? new TaskRunCounts(
            taskRuns + 1, live + after.countsAsLive(), endedAttempts + after.endedAttempts())
        : new TaskRunCounts(
            taskRuns,
            live + after.countsAsLive() - before.countsAsLive(),
            endedAttempts + after.endedAttempts() - before.endedAttempts());
  }
}
