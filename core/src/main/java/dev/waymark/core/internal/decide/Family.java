package dev.waymark.core.internal.decide;

/** How many task runs an execution has, and how many of them have not ended. */
public record Family(int taskRuns, int live) {
  /** The family of an execution that is created just now. */
  public static final Family NONE = new Family(0, 0);

  /**
   * Stands for a family that has changed while its numbers were not at hand: whoever needs it must
   * load it. It hides a family that was known before.
   */
  static final Family UNKNOWN = new Family(-1, -1);

  Family plus(int addedTaskRuns, int addedLive) {
    return new Family(taskRuns + addedTaskRuns, live + addedLive);
  }
}
