package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.testserver.TestServer;
import java.sql.Connection;
import java.sql.SQLException;

/** Compares the counts of the database, over all slots, with the number of records. */
final class Counts {
  private static final String DIFFERENCES =
      """
      SELECT string_agg(format('%%s %%s %%s: %%s', workflow_id, state, day, difference), ', ') FROM (
        SELECT workflow_id, state, day, sum(executions) AS difference FROM (
          SELECT workflow_id, state, day, executions FROM %1$s.execution_counts
          UNION ALL
          SELECT c.workflow_id, e.state, floor(extract(epoch FROM e.created_at) / 86400)::integer, -1
          FROM %1$s.executions e, LATERAL (VALUES (''), (e.workflow_id)) AS c (workflow_id)) AS each
        GROUP BY workflow_id, state, day HAVING sum(executions) <> 0) AS wrong""";

  private Counts() {}

  /** Fails unless the counts of this schema add up to its executions. */
  static void check(Connection connection, String schema) throws SQLException {
    assertThat(TestServer.text(connection, DIFFERENCES.formatted(schema)))
        .as("excess of the counts")
        .isNull();
  }

  /** The same on a separate connection. */
  static void check(String schema) throws SQLException {
    try (Connection connection = TestServer.connect()) {
      check(connection, schema);
    }
  }
}
