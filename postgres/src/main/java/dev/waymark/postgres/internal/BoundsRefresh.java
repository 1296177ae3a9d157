package dev.waymark.postgres.internal;

import dev.waymark.postgres.internal.ScanBounds.Horizon;
import dev.waymark.postgres.internal.ScanBounds.Lane;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One refresh of {@link ScanBounds}: three statements at the beginning of the first round trip of a
 * claim. Each has a separate snapshot, and the order matters: the first proves what the others may
 * conclude. Not thread-safe.
 */
final class BoundsRefresh {
  /**
   * The start of the server, the time, and after that who holds the lock of a writer. Each writer
   * of a row holds this lock from before it evaluates {@code clock_timestamp()} until its
   * transaction has ended.
   */
  static final String HORIZON =
      """
      SELECT pg_postmaster_start_time()::text, statement_timestamp(), ARRAY (
        SELECT l.virtualtransaction FROM pg_locks l
        WHERE l.locktype = 'relation' AND l.mode = 'RowExclusiveLock' AND l.granted
          AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
          AND l.relation = ANY (ARRAY ['{s}.ready_task_runs'::regclass, '{s}.due_executions'::regclass,
                                       '{s}.leases'::regclass]::oid[])
          AND l.pid IS DISTINCT FROM pg_backend_pid())""";

  /** Pools, and the known lanes with their bounds -> each lane of the pools, its first live row. */
  static final String FIRST_READY =
      """
      SELECT l.pool, l.priority, (
        SELECT min(q.available_at) FROM {s}.ready_task_runs q
        WHERE q.pool = l.pool AND q.priority = l.priority
          AND q.available_at >= coalesce(k.since, '-infinity'::timestamptz) AND q.available_at <= statement_timestamp())
      FROM (
        SELECT r.pool, r.priority FROM unnest(?::text[]) AS p (pool)
        CROSS JOIN LATERAL (SELECT k.pool, k.priority FROM {s}.ready_lanes k WHERE k.pool = p.pool OFFSET 0) r
        UNION SELECT p.pool, 0 FROM unnest(?::text[]) AS p (pool)) l
      LEFT JOIN unnest(?::text[], ?::integer[], ?::timestamptz[]) AS k (pool, priority, since)
        ON k.pool = l.pool AND k.priority = l.priority""";

  /** The bounds of due executions and of leases -> the first live row of each. */
  static final String FIRST_TIMES =
      """
      SELECT (SELECT min(d.due_at) FROM {s}.due_executions d
              WHERE d.due_at >= ? AND d.due_at <= statement_timestamp()),
             (SELECT min(l.expires_at) FROM {s}.leases l
              WHERE l.expires_at >= ? AND l.expires_at <= statement_timestamp())""";

  private final ScanBounds bounds;
  private final Object refresh;
  private @Nullable Instant proven;

  BoundsRefresh(ScanBounds bounds, Object refresh) {
    this.bounds = bounds;
    this.refresh = refresh;
  }

  /** Adds the statements. */
  void addTo(Batch batch, PostgresSql sql) {
    batch.add(sql.in(HORIZON), (statement, first) -> first, this::horizon);
    batch.add(sql.in(FIRST_READY), this::bindLanes, this::lane);
    batch.add(sql.in(FIRST_TIMES), this::bindTimes, this::times);
  }

  private void horizon(ResultSet row) throws SQLException {
    Set<String> writers =
        Arrays.stream((String[]) row.getArray(3).getArray()).collect(Collectors.toSet());
    proven =
        bounds.take(
            refresh, new Horizon(row.getString(1), Objects.requireNonNull(time(row, 2)), writers));
  }

  private int bindLanes(PreparedStatement statement, int first) throws SQLException {
    List<String> pools = bounds.pools();
    List<Map.Entry<Lane, Instant>> lanes = List.copyOf(bounds.lanes().entrySet());
    BoundArrays arrays = new BoundArrays(statement, first);
    arrays.texts(pools, pool -> pool);
    arrays.texts(pools, pool -> pool);
    arrays.texts(lanes, lane -> lane.getKey().pool());
    arrays.numbers(lanes, lane -> lane.getKey().priority());
    arrays.times(lanes, Map.Entry::getValue);
    return arrays.next();
  }

  private void lane(ResultSet row) throws SQLException {
    bounds.takeLane(refresh, new Lane(row.getString(1), row.getInt(2)), proven, time(row, 3));
  }

  private int bindTimes(PreparedStatement statement, int first) throws SQLException {
    BoundArrays.bindTime(statement, first, bounds.dueBegin());
    BoundArrays.bindTime(statement, first + 1, bounds.leaseBegin());
    return first + 2;
  }

  private void times(ResultSet row) throws SQLException {
    bounds.takeTimes(refresh, proven, time(row, 1), time(row, 2));
  }

  private static @Nullable Instant time(ResultSet row, int column) throws SQLException {
    @Nullable OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }
}
