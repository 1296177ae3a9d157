package dev.waymark.postgres.internal;

import dev.waymark.jdbc.internal.sql.ColumnType;
import dev.waymark.jdbc.internal.sql.Rows;
import dev.waymark.jdbc.internal.sql.WriteStatement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The sums of the history rows that a group writes, per execution. The statement adds them to the
 * last row of the execution. A window function in the statement would do the same, and costs the
 * server more.
 */
final class HistorySums {
  /** The columns of {@link WriteStatement#INSERT_HISTORY}, from 0. */
  private static final int EXECUTION = 0;

  private static final int TRANSITION_COUNT = 2;
  private static final int UNFINISHED = 4;
  private static final int ENDED = 5;
  private static final int EARLIER = 6;

  private HistorySums() {}

  /** The sums of one execution over the rows so far. */
  private static final class Sum {
    private long transitions;
    private int unfinished;
    private int ended;
  }

  /** The types of the columns: those of the statement, and one more. */
  static List<ColumnType> types(Rows history) {
    List<ColumnType> types = new ArrayList<>(history.types());
    types.add(ColumnType.LONG);
    return types;
  }

  /**
   * The rows, in their order. The change of each row is added to those of the rows before it, and
   * the additional column is the number of transitions in those.
   */
  static List<@Nullable Object[]> of(Rows history) {
    Map<Object, Sum> sums = new HashMap<>();
    List<@Nullable Object[]> all = new ArrayList<>();
    for (@Nullable Object[] row : history.rows()) {
      Sum sum = sums.computeIfAbsent(Objects.requireNonNull(row[EXECUTION]), id -> new Sum());
      sum.unfinished += number(row, UNFINISHED);
      sum.ended += number(row, ENDED);
      @Nullable Object[] summed = new Object[EARLIER + 1];
      System.arraycopy(row, 0, summed, 0, UNFINISHED);
      summed[UNFINISHED] = sum.unfinished;
      summed[ENDED] = sum.ended;
      summed[EARLIER] = sum.transitions;
      all.add(summed);
      sum.transitions += number(row, TRANSITION_COUNT);
    }
    return all;
  }

  private static int number(@Nullable Object[] row, int column) {
    return (Integer) Objects.requireNonNull(row[column]);
  }
}
