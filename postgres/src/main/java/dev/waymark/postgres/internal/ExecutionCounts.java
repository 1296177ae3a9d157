package dev.waymark.postgres.internal;

import dev.waymark.jdbc.internal.sql.CountChanges;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * How the store counts executions, once for each transaction. The triggers of the table {@code
 * executions} count whatever anybody else writes, once for each statement; that takes the server
 * longer than the rest of an update of one execution. They do nothing while the setting {@code
 * waymark.counted} says that the writer counts. Each statement of the store that writes executions
 * sets it itself ({@link #BY_WRITER}), until the statement that counts or the end of the
 * transaction. So nothing depends on the session, which others may share, and no write is ever
 * counted twice or not at all.
 *
 * <p>A transaction adds to the rows of a slot that no other transaction has until this one ends:
 * the lowest of sixteen that is free. If none is free, it waits for one. The triggers do the same.
 * Transactions of callers may last long, so they have slots of their own, more than a server
 * usually has connections. The commits of the store never wait for them.
 */
final class ExecutionCounts {
  /**
   * A condition of a statement that writes executions, which is always true. It is evaluated once,
   * before the first row, and sets that the writer counts.
   */
  static final String BY_WRITER = "(SELECT set_config('waymark.counted', 'yes', true)) = 'yes'";

  private static final String BY_TRIGGERS =
      "(SELECT set_config('waymark.counted', 'no', true)) = 'no'";

  /** Evaluated at most once in a statement, and only when there is something to count. */
  static final String SLOT = slotOf(0, 16);

  private static final String SLOT_OF_CALLERS = slotOf(16, 240);

  /** What to do with a row that exists. */
  static final String ADD =
      "ON CONFLICT (workflow_id, state, day, slot) DO UPDATE SET executions = k.executions + excluded.executions";

  /**
   * Parameters: each property of the changes as one array. From here on, the triggers count again.
   */
  static final String CHANGE = changeIn(SLOT);

  /** The same, within a transaction of the caller. */
  static final String CHANGE_OF_CALLERS = changeIn(SLOT_OF_CALLERS);

  private ExecutionCounts() {}

  /** The first of these slots that is free, or else the turn of this session at one of them. */
  private static String slotOf(int first, int number) {
    return """
        coalesce(
          (SELECT s.slot FROM generate_series(%1$d, %1$d + %2$d - 1) AS s (slot)
           WHERE pg_try_advisory_xact_lock('{s}.executions'::regclass::oid::integer, s.slot) LIMIT 1),
          (SELECT w.slot FROM (SELECT %1$d + pg_backend_pid() %% %2$d AS slot) w
           CROSS JOIN LATERAL pg_advisory_xact_lock('{s}.executions'::regclass::oid::integer, w.slot)))"""
        .formatted(first, number);
  }

  private static String changeIn(String slot) {
    return """
      INSERT INTO {s}.execution_counts AS k (workflow_id, state, day, slot, executions)
      SELECT v.workflow_id, v.state, v.day, {slot}, v.executions
      FROM unnest(?::text[], ?::text[], ?::integer[], ?::bigint[]) AS v (workflow_id, state, day, executions)
      WHERE {by_triggers}
      """
            .replace("{slot}", slot)
            .replace("{by_triggers}", BY_TRIGGERS)
        + ADD;
  }

  /** Binds changes to {@link #CHANGE}; returns the index after the last. */
  static int bind(PreparedStatement statement, int first, List<CountChanges.Change> changes)
      throws SQLException {
    BoundArrays arrays = new BoundArrays(statement, first);
    arrays.texts(changes, CountChanges.Change::workflow);
    arrays.texts(changes, CountChanges.Change::state);
    arrays.numbers(changes, CountChanges.Change::day);
    arrays.longs(changes, CountChanges.Change::executions);
    return arrays.next();
  }
}
