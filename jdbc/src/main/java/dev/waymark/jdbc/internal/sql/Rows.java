package dev.waymark.jdbc.internal.sql;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows for a {@link WriteStatement}, in the order in which they are to be written. Not thread-safe.
 */
public final class Rows {
  private final List<ColumnType> types;
  private final List<@Nullable Object[]> rows = new ArrayList<>();

  Rows(List<ColumnType> types) {
    this.types = types;
  }

  /** Adds a row; the values are those of the statement's columns, in their order. */
  public void add(@Nullable Object... values) {
    if (values.length != types.size()) {
      throw new IllegalArgumentException(
          values.length + " values for " + types.size() + " columns");
    }
    rows.add(values);
  }

  /** The types of the columns. */
  public List<ColumnType> types() {
    return types;
  }

  /** The rows. */
  public List<@Nullable Object[]> rows() {
    return rows;
  }
}
