package dev.waymark.runner.definition;

import org.jspecify.annotations.Nullable;

/**
 * One problem of a workflow file, with its position.
 *
 * @param line the line, from 1
 * @param column the column, from 1, in characters (Unicode code points; a tab is one)
 * @param message what was found and, if it is short, what is allowed
 * @param hint how to fix it, such as {@code did you mean "tasks"?}; or null
 * @since 0.1.0
 */
public record Problem(int line, int column, String message, @Nullable String hint) {

  /** The message and, if there is one, the hint, as one line without the position. */
  public String text() {
    return hint == null ? message : message + "; " + hint;
  }

  /** Position and text: {@code 7:5: unknown key "tsks"; did you mean "tasks"?} */
  @Override
  public String toString() {
    return line + ":" + column + ": " + text();
  }
}
