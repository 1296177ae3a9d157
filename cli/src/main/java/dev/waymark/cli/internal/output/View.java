package dev.waymark.cli.internal.output;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How one kind of record is shown: its fields, which are the same in JSON and YAML, and its columns
 * in a table.
 *
 * @param noun what several of them are called, for messages
 * @param fields the fields of a record by their names, in order; times are {@link
 *     java.time.Instant}
 * @param columns the columns
 * @param <T> the record
 */
public record View<T>(
    String noun, Function<T, Map<String, @Nullable Object>> fields, List<Column<T>> columns) {

  /**
   * A column of a table.
   *
   * @param title its heading
   * @param right whether it is aligned to the right
   * @param cell what it shows of a record
   * @param <T> the record
   */
  public record Column<T>(String title, boolean right, Function<T, Cell> cell) {
    /** A column of text. */
    public static <T> Column<T> left(String title, Function<T, Cell> cell) {
      return new Column<>(title, false, cell);
    }

    /** A column of numbers. */
    public static <T> Column<T> right(String title, Function<T, Cell> cell) {
      return new Column<>(title, true, cell);
    }
  }
}
