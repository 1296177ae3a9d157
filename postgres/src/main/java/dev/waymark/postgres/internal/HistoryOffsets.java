package dev.waymark.postgres.internal;

import dev.waymark.jdbc.internal.sql.Rows;
import dev.waymark.jdbc.internal.sql.WriteStatement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * For each row of the history that a group writes, the number of transitions of the same execution
 * in the rows before it. The statement adds it to what the execution has already; a window in the
 * statement would do the same, and costs the server more.
 */
final class HistoryOffsets {
  /** The columns of {@link WriteStatement#INSERT_HISTORY}, from 0. */
  private static final int EXECUTION = 0;

  private static final int TRANSITION_COUNT = 2;

  private HistoryOffsets() {}

  /**
   * The offsets, in the order of the rows.
   *
   * @throws IllegalArgumentException when these are not rows of the history
   */
  static Long[] of(Rows history) {
    if (history.statement() != WriteStatement.INSERT_HISTORY) {
      throw new IllegalArgumentException("rows of the history expected: " + history.statement());
    }
    List<@Nullable Object[]> rows = history.rows();
    Long[] offsets = new Long[rows.size()];
    Map<Object, Long> written = new HashMap<>();
    for (int i = 0; i < offsets.length; i++) {
      Object execution = Objects.requireNonNull(rows.get(i)[EXECUTION]);
      long before = written.getOrDefault(execution, 0L);
      offsets[i] = before;
      written.put(execution, before + count(rows.get(i)));
    }
    return offsets;
  }

  private static int count(@Nullable Object[] row) {
    return (Integer) Objects.requireNonNull(row[TRANSITION_COUNT]);
  }
}
