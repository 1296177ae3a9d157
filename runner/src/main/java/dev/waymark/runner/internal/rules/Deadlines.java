package dev.waymark.runner.internal.rules;

import dev.waymark.core.internal.Durations;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.DueReason;
import dev.waymark.runner.definition.Stage;
import dev.waymark.runner.internal.worker.RunnerConfig;
import java.time.Duration;

/** The time-outs of executions: when they start, and the error of what exceeds them. */
public record Deadlines(RunnerConfig config) {

  /**
   * Starts the time-out of an execution that has one. A time-out that has already started, under
   * any worker, does not change.
   */
  public void begin(ExecutionPicture picture) {
    Duration timeout = picture.definition().timeout();
    if (timeout != null && picture.beginTime()) {
      ChangeSet changes =
          ChangeSet.builder(config.ids().commitId())
              .markDue(picture.id(), DueReason.DEADLINE, timeout)
              .build();
      var unused = config.retries().call(() -> config.store().commit(changes));
    }
  }

  /** The error of a task run that ended because the time-out of its stage expired. */
  static String error(ExecutionPicture picture, Stage stage) {
    if (stage != Stage.MAIN) {
      return "the tasks of \""
          + stage.key()
          + "\" timed out after "
          + Durations.format(picture.definition().cleanupTimeout());
    }
    Duration timeout = picture.definition().timeout();
    return "the execution timed out"
        + (timeout == null ? "" : " after " + Durations.format(timeout));
  }

  /** The error of an execution whose time-out expired, with the later failures. */
  static String errorOfExecution(ExecutionPicture picture, String failures) {
    return error(picture, Stage.MAIN) + (failures.isEmpty() ? "" : "; " + failures);
  }
}
