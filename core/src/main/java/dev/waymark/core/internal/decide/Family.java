package dev.waymark.core.internal.decide;

/** How many task runs an execution has, and how many of them have not ended. */
public record Family(int taskRuns, int live) {
  /** The family of an execution that is created just now. */
  public static final Family NONE = new Family(0, 0);

  Family plus(int addedTaskRuns, int addedLive) {
    return new Family(taskRuns + addedTaskRuns, live + addedLive);
  }
}
