package dev.waymark.postgres.internal;

import dev.waymark.jdbc.internal.sql.Rows;
import dev.waymark.postgres.internal.ScanBounds.Lane;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The lanes of the ready task runs that this process has recorded in {@code ready_lanes}, so that
 * only the first commit of a lane has an additional statement, in the same round trip. Thread-safe.
 */
final class RecordedLanes {
  /** Both columns as one array each, sorted, so that two commits never wait for each other. */
  static final String RECORD =
      """
      INSERT INTO {s}.ready_lanes (pool, priority)
      SELECT v.pool, v.priority FROM unnest(?::text[], ?::integer[]) AS v (pool, priority)
      ORDER BY v.pool COLLATE "C", v.priority ON CONFLICT DO NOTHING""";

  private static final int MOST = 100_000;

  private final Set<Lane> recorded = ConcurrentHashMap.newKeySet();

  /** The lanes of these rows that are not known to be recorded. */
  List<Lane> unrecorded(Collection<Rows> writes) {
    return writes.stream()
        .flatMap(RecordedLanes::lanes)
        .filter(lane -> !recorded.contains(lane))
        .distinct()
        .sorted(Comparator.comparing(Lane::pool).thenComparingInt(Lane::priority))
        .toList();
  }

  private static Stream<Lane> lanes(Rows rows) {
    return switch (rows.statement()) {
      case INSERT_READY -> lanes(rows, 1);
      case UPDATE_READY -> lanes(rows, 0);
      default -> Stream.empty();
    };
  }

  /** The pool is in this column, and the priority in the next. */
  private static Stream<Lane> lanes(Rows rows, int pool) {
    return rows.rows().stream().map(row -> new Lane((String) row[pool], (Integer) row[pool + 1]));
  }

  /** Notes that these lanes are recorded, durably. */
  void recorded(List<Lane> lanes) {
    if (recorded.size() > MOST) {
      recorded.clear();
    }
    recorded.addAll(lanes);
  }

  /** Binds lanes to {@link #RECORD}; returns the index after the last. */
  static int bind(PreparedStatement statement, int first, List<Lane> lanes) throws SQLException {
    BoundArrays arrays = new BoundArrays(statement, first);
    arrays.texts(lanes, Lane::pool);
    arrays.numbers(lanes, Lane::priority);
    return arrays.next();
  }
}
