package dev.waymark.runner.internal;

import dev.waymark.core.internal.Durations;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.DueReason;
import dev.waymark.runner.definition.Stage;
import java.time.Duration;

/**
 * The time that executions may take: when it begins, and what is said of those whose time is over.
 */
record Deadlines(Config config) {

  /**
   * Lets the time of an execution begin that has a bound on it. Where it has begun before, under
   * whichever worker, that stays so.
   */
  void begin(Job job) {
    Duration timeout = job.definition().timeout();
    if (timeout != null && job.beginTime()) {
      ChangeSet changes =
          ChangeSet.builder(config.ids().commitId())
              .markDue(job.id(), DueReason.DEADLINE, timeout)
              .build();
      var unused = config.patience().call(() -> config.store().commit(changes));
    }
  }

  /** The error of what was ended because the time of its stage is over. */
  static String error(Job job, Stage stage) {
    if (stage != Stage.MAIN) {
      return "the tasks of \""
          + stage.key()
          + "\" timed out after "
          + Durations.format(job.definition().cleanupTimeout());
    }
    Duration timeout = job.definition().timeout();
    return "the execution timed out"
        + (timeout == null ? "" : " after " + Durations.format(timeout));
  }

  /** The error of an execution whose time is over, with what failed after that. */
  static String errorOfExecution(Job job, String failures) {
    return error(job, Stage.MAIN) + (failures.isEmpty() ? "" : "; " + failures);
  }
}
