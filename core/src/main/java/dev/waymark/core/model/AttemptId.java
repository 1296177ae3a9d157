package dev.waymark.core.model;

import dev.waymark.core.error.InvalidInputException;
import java.util.Objects;

/**
 * The id of an attempt: its task run and its number. The number is the fencing token of the task
 * run: the store refuses writes of an older attempt once a newer one exists.
 *
 * @param taskRunId the task run
 * @param number 1 for the first attempt; numbers have no gaps
 * @since 0.1.0
 */
public record AttemptId(TaskRunId taskRunId, int number) implements Comparable<AttemptId> {

  /**
   * Checks the number.
   *
   * @throws InvalidInputException when the number is below 1
   */
  public AttemptId {
    Objects.requireNonNull(taskRunId, "task run id");
    if (number < 1) {
      throw new InvalidInputException(
          "attempt number " + number + " is not valid; attempts are numbered from 1");
    }
  }

  @Override
  public int compareTo(AttemptId other) {
    int byRun = taskRunId.compareTo(other.taskRunId);
    return byRun != 0 ? byRun : Integer.compare(number, other.number);
  }

  /** The task run's id, a slash and the number. */
  @Override
  public String toString() {
    return taskRunId + "/" + number;
  }
}
