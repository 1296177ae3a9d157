package dev.waymark.runner.internal.rules;

import dev.waymark.runner.definition.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The times of the stages of an execution, computed from the times of its task runs. */
final class StageTimes {
  private StageTimes() {}

  /** The last change of a task run of the stages before this one, or the epoch if there is none. */
  static Instant lastChangeBefore(Stage stage, List<TaskRunPicture> taskRuns) {
    Instant last = Instant.EPOCH;
    for (TaskRunPicture taskRun : taskRuns) {
      if (taskRun.task.stage().compareTo(stage) < 0 && taskRun.changedAt.isAfter(last)) {
        last = taskRun.changedAt;
      }
    }
    return last;
  }

  /** The time from the first start of a task run of this stage to the last change of one. */
  static Duration duration(Stage stage, List<TaskRunPicture> taskRuns) {
    Instant first = Instant.MAX;
    Instant last = Instant.MIN;
    for (TaskRunPicture taskRun : taskRuns) {
      if (taskRun.task.stage() == stage) {
        first = taskRun.startedAt.isBefore(first) ? taskRun.startedAt : first;
        last = taskRun.changedAt.isAfter(last) ? taskRun.changedAt : last;
      }
    }
    return first.isBefore(last) ? Duration.between(first, last) : Duration.ZERO;
  }
}
