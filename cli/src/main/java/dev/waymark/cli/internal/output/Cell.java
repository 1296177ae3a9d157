package dev.waymark.cli.internal.output;

import dev.waymark.core.model.State;
import org.jspecify.annotations.Nullable;

/**
 * What stands in one place of a table: text on one line that is safe to print, and the state that
 * gives it its colour.
 *
 * @param text the text
 * @param state a state, or null for plain text
 */
public record Cell(String text, @Nullable State state) {

  /** A cell that shows nothing. */
  public static final Cell NONE = new Cell("-", null);

  /** A cell of any text; what is null is shown as a dash. */
  public static Cell of(@Nullable Object value) {
    return value == null ? NONE : new Cell(Printable.line(value.toString()), null);
  }

  /** A cell that shows a state. */
  public static Cell of(State state) {
    return new Cell(state.name(), state);
  }
}
