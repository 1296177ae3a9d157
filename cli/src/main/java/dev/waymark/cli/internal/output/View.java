package dev.waymark.cli.internal.output;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The presentation of one kind of record: its fields, which are the same in JSON and YAML, and its
 * columns in a table.
 *
 * @param noun the plural name of the records, for messages
 * @param fields returns the fields of a record by name, in order; times are {@link
 *     java.time.Instant}
 * @param columns the columns
 * @param <T> the type of the record
 */
public record View<T>(
    String noun, Function<T, Map<String, @Nullable Object>> fields, List<Column<T>> columns) {

  /**
   * A column of a table.
   *
   * @param title its heading
   * @param right whether it is aligned to the right
   * @param cell returns the cell of a record
   * @param <T> the type of the record
   */
  public record Column<T>(String title, boolean right, Function<T, Cell> cell) {
    /** Creates a column of text, aligned to the left. */
    public static <T> Column<T> left(String title, Function<T, Cell> cell) {
      return new Column<>(title, false, cell);
    }

    /** Creates a column of numbers, aligned to the right. */
    public static <T> Column<T> right(String title, Function<T, Cell> cell) {
      return new Column<>(title, true, cell);
    }
  }
}
