package dev.waymark.runner.internal;

import dev.waymark.core.internal.Durations;
import java.time.Duration;

/** What is said of executions whose time is over. */
final class Deadlines {
  private Deadlines() {}

  /** The error of such an execution, and of what was ended for that reason. */
  static String error(Job job) {
    Duration timeout = job.definition().timeout();
    return "the execution timed out"
        + (timeout == null ? "" : " after " + Durations.format(timeout));
  }
}
