package dev.waymark.jdbc.internal.sql;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows for a {@link WriteStatement}, in the order in which they are to be written. Not thread-safe.
 */
public final class Rows {
  private final WriteStatement statement;
  private final List<@Nullable Object[]> rows = new ArrayList<>();

  Rows(WriteStatement statement) {
    this.statement = statement;
  }

  /** The statement that writes them. */
  public WriteStatement statement() {
    return statement;
  }

  /** Adds a row; the values are those of the statement's columns, in their order. */
  public void add(@Nullable Object... values) {
    if (values.length != types().size()) {
      throw new IllegalArgumentException(
          values.length + " values for a row of " + types().size() + " columns");
    }
    rows.add(values);
  }

  /** The types of the columns. */
  public List<ColumnType> types() {
    return statement.types();
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return rows.isEmpty();
  }

  /** The rows. */
  public List<@Nullable Object[]> rows() {
    return rows;
  }
}
