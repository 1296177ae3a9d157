package dev.waymark.core.model;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import java.util.regex.Pattern;

/**
 * The name of a task within its execution: 1 to 128 ASCII letters, digits, {@code . _ -}, beginning
 * with a letter or digit.
 *
 * <p>A task that runs several times in one execution has one task run for each <b>iteration</b>.
 * The first has the name alone, such as {@code call-model}. The others have the number of the
 * iteration after a {@code #}: {@code call-model#2}, {@code call-model#3}. The number is decimal,
 * without leading zeros, from 2 to {@value #MAX_ITERATION}. Each number has one form, so two ids
 * are equal only if they name the same iteration of the same task. Every id is in the order of its
 * text, so {@code a#10} is before {@code a#2}.
 *
 * <p>Tasks of a workflow file have no number: the numbers belong to task runs. Immutable.
 *
 * <pre>{@code
 * TaskId first = new TaskId("call-model");
 * TaskId third = first.again().again();
 * boolean same = third.equals(new TaskId("call-model#3")) && third.task().equals(first);
 * int number = third.iteration();
 * }</pre>
 *
 * @param value the name, with the number of the iteration if that is not the first
 * @since 0.1.0
 */
public record TaskId(String value) implements Comparable<TaskId> {
  /** The greatest number of an iteration. */
  public static final int MAX_ITERATION = 1_000_000;

  private static final char SEPARATOR = '#';
  private static final Pattern PATTERN =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}(?:#(?:[2-9]|[1-9][0-9]{1,5}|1000000))?");

  private static final String NAME =
      "use 1 to 128 letters, digits, '.', '_' or '-', beginning with a letter or digit";
  private static final String NUMBERED =
      NAME + "; after '#' use the number of an iteration from 2 to 1000000, without leading zeros";

  /**
   * Checks the id.
   *
   * @throws InvalidInputException when the name or the number does not have this form
   */
  public TaskId {
    Text.matching("task id", value, PATTERN, value.indexOf(SEPARATOR) < 0 ? NAME : NUMBERED);
  }

  /** The number of the iteration, from 1. */
  public int iteration() {
    int separator = value.indexOf(SEPARATOR);
    return separator < 0 ? 1 : Integer.parseInt(value, separator + 1, value.length(), 10);
  }

  /** The task without the number of an iteration, which is also the id of the first iteration. */
  public TaskId task() {
    int separator = value.indexOf(SEPARATOR);
    return separator < 0 ? this : new TaskId(value.substring(0, separator));
  }

  /**
   * The id of another iteration of the same task.
   *
   * @param number the number of the iteration
   * @throws InvalidInputException when the number is not from 1 to {@value #MAX_ITERATION}
   */
  public TaskId iteration(int number) {
    if (number < 1 || number > MAX_ITERATION) {
      throw new InvalidInputException(
          "the number of an iteration of task "
              + task()
              + " is "
              + number
              + "; use 1 to "
              + MAX_ITERATION);
    }
    return number == 1 ? task() : new TaskId(task().value + SEPARATOR + number);
  }

  /**
   * The id of the next iteration of the same task.
   *
   * @throws InvalidInputException when this is iteration {@value #MAX_ITERATION}
   */
  public TaskId again() {
    return iteration(iteration() + 1);
  }

  @Override
  public int compareTo(TaskId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
