package dev.waymark.jdbc.internal.read;

import dev.waymark.core.internal.Times;
import dev.waymark.core.model.Execution;
import dev.waymark.core.query.Cursor;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Order;
import dev.waymark.core.query.Page;
import dev.waymark.jdbc.internal.read.ConditionSql.Source;
import dev.waymark.jdbc.internal.read.ConditionSql.States;
import dev.waymark.jdbc.internal.read.Days.Day;
import dev.waymark.jdbc.internal.read.Days.Way;
import dev.waymark.jdbc.internal.read.ExecutionSql.Part;
import dev.waymark.jdbc.internal.sql.DamagedRowException;
import dev.waymark.jdbc.internal.sql.Dialect;
import dev.waymark.jdbc.internal.sql.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of executions with its total, within one snapshot.
 *
 * <p>Nothing is counted but the executions of the two days, at the most, that a condition on the
 * time cuts through, and those with a label or with another condition that the counts do not know:
 * the rest is added up from the counts that the database keeps by workflow, state and day. The
 * counts also show on which day an offset falls, so that at most half of the executions of one day,
 * or as many as the page holds, are passed over to get there.
 */
final class ExecutionPages {
  /** When a source finds so many executions, it does not matter how many more. */
  private static final long MANY = 5_000;

  private final Session session;
  private final Dialect dialect;
  private final ExecutionQuery query;
  private final int limit;
  private final ExecutionSql sql;

  ExecutionPages(Session session, Dialect dialect, ExecutionQuery query, int limit) {
    this.session = session;
    this.dialect = dialect;
    this.query = query;
    this.limit = limit;
    this.sql = new ExecutionSql(dialect, query);
  }

  Page<Execution> page() throws SQLException {
    if (!sql.isCounted()) {
      return sql.isPossible() ? from(source()) : page(List.of(), 0, true);
    }
    Days days = days();
    return query.after() == null
        ? at(query.offset(), days)
        : fromHere(new States(), days.total(), 0);
  }

  /** The source that finds the fewest executions; the first one if all find many. */
  private Source source() throws SQLException {
    List<Source> sources = sql.sources();
    Source smallest = sources.get(0);
    long least = MANY;
    for (int i = 0; i < sources.size() && sources.size() > 1 && least > limit; i++) {
      long size = number(sql.size(sources.get(i), MANY));
      if (size < least) {
        smallest = sources.get(i);
        least = size;
      }
    }
    return smallest;
  }

  private Page<Execution> from(Source source) throws SQLException {
    long total = number(sql.count(source));
    return query.offset() > total
        ? page(List.of(), total, true)
        : fromHere(source, total, query.offset());
  }

  /**
   * A page from the cursor or the beginning on; one more execution shows whether there is a next
   * page.
   */
  private Page<Execution> fromHere(Source source, long total, long offset) throws SQLException {
    Part part =
        new Part(query.since(), query.until(), query.after(), query.order(), offset, limit + 1L);
    List<Execution> items = read(part, source);
    boolean isLast = items.size() <= limit;
    return page(isLast ? items : items.subList(0, limit), total, isLast);
  }

  /** A page at an offset, which the counts lead to. */
  private Page<Execution> at(long offset, Days days) throws SQLException {
    if (offset >= days.total()) {
      return page(List.of(), days.total(), true);
    }
    long count = Math.min(limit, days.total() - offset);
    List<Execution> items = new ArrayList<>();
    for (Way way : days.to(offset, count, query.order())) {
      items.addAll(read(way));
    }
    if (items.size() < count) {
      throw missing(count, items.size());
    }
    return page(items, days.total(), offset + count == days.total());
  }

  /**
   * What is counted and not found is a damaged row: in one snapshot the counts are exact, and a row
   * is only found by a state that there is.
   */
  private SQLException missing(long counted, long found) throws SQLException {
    list(sql.ofUnknownState(), new RecordRows(dialect)::execution);
    return new DamagedRowException(
        "table execution_counts counts "
            + counted
            + " executions where table executions has "
            + found,
        null);
  }

  private List<Execution> read(Way way) throws SQLException {
    Order order = way.backwards() ? reverse(query.order()) : query.order();
    Instant since = later(query.since(), way.since());
    Instant until = earlier(query.until(), way.until());
    List<Execution> items =
        read(new Part(since, until, null, order, way.offset(), way.count()), new States());
    if (way.backwards()) {
      Collections.reverse(items);
    }
    return items;
  }

  private Page<Execution> page(List<Execution> items, long total, boolean isLast) {
    Cursor next = isLast ? null : Cursor.after(items.get(items.size() - 1), query.order());
    return new Page<>(items, total, query.after() == null ? query.offset() : null, limit, next);
  }

  private static Order reverse(Order order) {
    return order == Order.OLDEST ? Order.NEWEST : Order.OLDEST;
  }

  // ---- the counts

  /** The counts by day; of a day that the query cuts through, only what it leaves. */
  private Days days() throws SQLException {
    Instant since = query.since();
    Instant until = query.until();
    if (since != null && until != null && !since.isBefore(until)) {
      return Days.of(List.of());
    }
    List<Day> days = new ArrayList<>();
    for (Day day : list(sql.countsByDay(), row -> new Day(row.getInt(1), row.getLong(2)))) {
      Instant begin = Times.startOfDay(day.number());
      Instant end = Times.startOfDay(day.number() + 1);
      boolean cut =
          (since != null && since.isAfter(begin)) || (until != null && until.isBefore(end));
      long executions =
          cut ? number(sql.countBetween(max(since, begin), min(until, end))) : day.executions();
      if (executions > 0) {
        days.add(new Day(day.number(), executions));
      }
    }
    return Days.of(days);
  }

  private static Instant max(@Nullable Instant one, Instant other) {
    return one != null && one.isAfter(other) ? one : other;
  }

  private static Instant min(@Nullable Instant one, Instant other) {
    return one != null && one.isBefore(other) ? one : other;
  }

  private static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
    return other == null ? one : max(one, other);
  }

  private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
    return other == null ? one : min(one, other);
  }

  // ---- how it is read

  private List<Execution> read(Part part, Source source) throws SQLException {
    return list(sql.page(part, source), new RecordRows(dialect)::execution);
  }

  private long number(SqlText text) throws SQLException {
    return list(text, row -> row.getLong(1)).get(0);
  }

  /** Makes something of one row. */
  private interface Mapper<T> {
    T map(ResultSet row) throws SQLException;
  }

  private <T> List<T> list(SqlText text, Mapper<T> mapper) throws SQLException {
    PreparedStatement statement = session.prepare(text.sql());
    text.bindAll(statement);
    try (ResultSet row = statement.executeQuery()) {
      List<T> found = new ArrayList<>();
      while (row.next()) {
        found.add(DamagedRowException.map(row, mapper::map));
      }
      return found;
    }
  }
}
