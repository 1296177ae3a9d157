package dev.waymark.runner.internal.rules;

import dev.waymark.core.internal.Durations;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.DueReason;
import dev.waymark.runner.definition.Stage;
import dev.waymark.runner.internal.worker.RunnerConfig;
import java.time.Duration;

/**
 * The time that executions may take: when it begins, and what is said of those whose time is over.
 */
public record Deadlines(RunnerConfig config) {

  /**
   * Lets the time of an execution begin that has a bound on it. Where it has begun before, under
   * whichever worker, that stays so.
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

  /** The error of what was ended because the time of its stage is over. */
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

  /** The error of an execution whose time is over, with what failed after that. */
  static String errorOfExecution(ExecutionPicture picture, String failures) {
    return error(picture, Stage.MAIN) + (failures.isEmpty() ? "" : "; " + failures);
  }
}
