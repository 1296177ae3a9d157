package dev.waymark.postgres.internal;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Binds records to consecutive parameters, each property as one array. {@link ScanBounds#EVER} is
 * {@code -infinity}. Not thread-safe.
 */
final class BoundArrays {
  private final PreparedStatement statement;
  private int next;

  /** Binds from this index on. */
  BoundArrays(PreparedStatement statement, int first) {
    this.statement = statement;
    this.next = first;
  }

  /** The index after the last that is bound. */
  int next() {
    return next;
  }

  <T> void texts(List<T> records, Function<T, String> property) throws SQLException {
    bind("text", records.stream().map(property).toArray(String[]::new));
  }

  <T> void numbers(List<T> records, Function<T, Integer> property) throws SQLException {
    bind("int4", records.stream().map(property).toArray(Integer[]::new));
  }

  <T> void longs(List<T> records, Function<T, Long> property) throws SQLException {
    bind("int8", records.stream().map(property).toArray(Long[]::new));
  }

  <T> void times(List<T> records, Function<T, @Nullable Instant> property) throws SQLException {
    @Nullable String[] times = new String[records.size()];
    for (int i = 0; i < times.length; i++) {
      times[i] = text(property.apply(records.get(i)));
    }
    bind("timestamptz", times);
  }

  private static @Nullable String text(@Nullable Instant time) {
    return ScanBounds.EVER.equals(time) ? "-infinity" : time == null ? null : time.toString();
  }

  private void bind(String type, @Nullable Object[] values) throws SQLException {
    statement.setArray(next++, statement.getConnection().createArrayOf(type, values));
  }

  /** Binds one time. */
  static void bindTime(PreparedStatement statement, int index, Instant time) throws SQLException {
    statement.setObject(
        index, time.equals(ScanBounds.EVER) ? OffsetDateTime.MIN : time.atOffset(ZoneOffset.UTC));
  }
}
