package dev.waymark.core.internal.decide;

import org.jspecify.annotations.Nullable;

/**
 * What an execution has.
 *
 * @param taskRuns how many task runs
 * @param live how many of them have not ended
 * @param endedAttempts how many attempts have ended, of all task runs
 */
public record TaskRunCounts(int taskRuns, int live, int endedAttempts) {
  /** The family of an execution that is created just now. */
  public static final TaskRunCounts NONE = new TaskRunCounts(0, 0, 0);

  /**
   * Stands for a family that has changed while its numbers were not at hand: whoever needs it must
   * load it. It hides a family that was known before.
   */
  static final TaskRunCounts UNKNOWN = new TaskRunCounts(-1, -1, -1);

  /** How many task runs and attempts have ended, added up. */
  public int ended() {
    return taskRuns - live + endedAttempts;
  }

  /** The family after one of its task runs, or null where there was none, has become another. */
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
