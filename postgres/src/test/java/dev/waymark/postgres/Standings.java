package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.testserver.TestServer;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Compares the counts in the last row of each history with the number of records. The row of an
 * execution that ended under an earlier version may have no counts.
 */
final class Standings {
  private static final String DIFFERENCES =
      """
      SELECT string_agg(format('%%s: says %%s unfinished and %%s ended, has %%s and %%s', e.id, l.unfinished, l.ended, c.unfinished, c.ended), ', ')
      FROM %1$s.executions e
      LEFT JOIN LATERAL (
        SELECT h.unfinished, h.ended FROM %1$s.history h WHERE h.execution_id = e.id ORDER BY h.position DESC LIMIT 1) l ON true
      CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE t.ended_at IS NULL) AS unfinished,
               count(t.ended_at) + coalesce(sum((SELECT count(a.ended_at) FROM %1$s.attempts a WHERE a.task_run_id = t.id)), 0) AS ended
        FROM %1$s.task_runs t WHERE t.execution_id = e.id) c
      WHERE (l.unfinished IS NOT NULL OR e.ended_at IS NULL)
        AND (l.unfinished IS DISTINCT FROM c.unfinished OR l.ended IS DISTINCT FROM c.ended)""";

  private Standings() {}

  /** The same on a separate connection. */
  static void check(String schema) throws SQLException {
    try (Connection connection = TestServer.connect()) {
      check(connection, schema);
    }
  }

  /**
   * Fails unless the counts of every execution of this schema are equal to those of its history.
   */
  static void check(Connection connection, String schema) throws SQLException {
    assertThat(TestServer.text(connection, DIFFERENCES.formatted(schema)))
        .as("executions whose history differs from their state")
        .isNull();
  }
}
