package dev.waymark.core.model;

import dev.waymark.core.internal.Text;
import java.util.regex.Pattern;

/**
 * The stable id of a workflow, shared by all its revisions: 1 to 128 ASCII letters, digits, {@code
 * . _ -}, beginning with a letter or digit.
 *
 * @param value the id
 * @since 0.1.0
 */
public record WorkflowId(String value) implements Comparable<WorkflowId> {
  private static final Pattern PATTERN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  /**
   * Checks the id.
   *
   * @throws dev.waymark.core.error.InvalidInputException when the id does not have this form
   */
  public WorkflowId {
    Text.matching(
        "workflow id",
        value,
        PATTERN,
        "use 1 to 128 letters, digits, '.', '_' or '-', beginning with a letter or digit");
  }

  @Override
  public int compareTo(WorkflowId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
