package dev.waymark.bench.commits;

import dev.waymark.core.model.TaskRunId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The rows that a baseline writes for a step beside its records, created on the caller's own
 * thread: the row of the history and the row of the commit. They are as long as Waymark's.
 *
 * @param step the step
 * @param at the time of the commit
 * @param transitionCount the number of its transitions
 * @param transitions their text
 * @param versions the versions after it
 */
record Entry(Step step, Instant at, int transitionCount, String transitions, String versions) {
  /** Has the length of a request hash; its value is never used. */
  static final String REQUEST_HASH = "0123456789abcdef0123456789abcdef";

  static Entry of(Step step) {
    Instant at = Instant.now().truncatedTo(ChronoUnit.MICROS);
    return switch (step.kind()) {
      case CREATE -> new Entry(step, at, 1 + Lifecycle.TASKS.size(), created(step), "1 1 1 1");
      case START -> new Entry(step, at, 1, "[" + execution(step, "PENDING", "RUNNING") + "]", "2");
      case BEGIN_TASK -> new Entry(step, at, 2, begun(step), "2 1");
      case END_TASK -> new Entry(step, at, 2, ended(step), "1 3");
      case FINISH ->
          new Entry(step, at, 1, "[" + execution(step, "RUNNING", "SUCCEEDED") + "]", "3");
    };
  }

  long micros() {
    return at.getEpochSecond() * 1_000_000 + at.getNano() / 1_000;
  }

  /** Has the same width as that of Waymark. */
  long fingerprint() {
    return step.commit().value().getLeastSignificantBits() & 0xffff_ffffL;
  }

  private static String created(Step step) {
    StringBuilder text = new StringBuilder(256);
    text.append("[[\"EXECUTION\",\"")
        .append(step.lifecycle().execution())
        .append("\",null,\"PENDING\"]");
    for (TaskRunId taskRun : step.lifecycle().taskRuns()) {
      text.append(",[\"TASK_RUN\",\"").append(taskRun).append("\",null,\"PENDING\"]");
    }
    return text.append(']').toString();
  }

  private static String begun(Step step) {
    return "[[\"TASK_RUN\",\""
        + step.taskRun()
        + "\",\"PENDING\",\"RUNNING\"],[\"ATTEMPT\",\""
        + step.taskRun()
        + "/1\",null,\"RUNNING\"]]";
  }

  private static String ended(Step step) {
    return "[[\"ATTEMPT\",\""
        + step.taskRun()
        + "/1\",\"RUNNING\",\"SUCCEEDED\"],[\"TASK_RUN\",\""
        + step.taskRun()
        + "\",\"RUNNING\",\"SUCCEEDED\"]]";
  }

  private static String execution(Step step, String from, String to) {
    return "[\"EXECUTION\",\""
        + step.lifecycle().execution()
        + "\",\""
        + from
        + "\",\""
        + to
        + "\"]";
  }
}
