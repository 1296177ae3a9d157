package dev.waymark.cli.internal.output;

import dev.waymark.core.model.State;
import org.jspecify.annotations.Nullable;

/**
 * A cell of a table: one line of text that is safe to print, and the state that determines its
 * colour.
 *
 * @param text the text
 * @param state a state, or null for plain text
 */
public record Cell(String text, @Nullable State state) {

  /** An empty cell, shown as a dash. */
  public static final Cell NONE = new Cell("-", null);

  /** Returns a cell with this text; null is shown as a dash. */
  public static Cell of(@Nullable Object value) {
    return value == null ? NONE : new Cell(Printable.line(value.toString()), null);
  }

  /** Returns a cell that shows a state. */
  public static Cell of(State state) {
    return new Cell(state.name(), state);
  }
}
