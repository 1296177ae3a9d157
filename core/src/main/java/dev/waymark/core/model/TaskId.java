package dev.waymark.core.model;

import dev.waymark.core.internal.Text;
import java.util.regex.Pattern;

/**
 * The name of a task within its workflow: 1 to 128 ASCII letters, digits, {@code . _ -}, beginning
 * with a letter or digit.
 *
 * @param value the name
 * @since 0.1.0
 */
public record TaskId(String value) implements Comparable<TaskId> {
  private static final Pattern PATTERN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  /**
   * Checks the name.
   *
   * @throws dev.waymark.core.error.InvalidInputException when the name does not have this form
   */
  public TaskId {
    Text.matching(
        "task id",
        value,
        PATTERN,
        "use 1 to 128 letters, digits, '.', '_' or '-', beginning with a letter or digit");
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
