package dev.waymark.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/** Compares the counts of the database with the number of records. */
public final class Counts {
  private static final String DIFFERENCES =
      """
      SELECT group_concat(workflow_id || ' ' || state || ' ' || day || ': ' || difference, ', ') FROM (
        SELECT workflow_id, state, day, sum(executions) AS difference FROM (
          SELECT workflow_id, state, day, executions FROM execution_counts
          UNION ALL
          SELECT c.workflow_id, e.state, (e.created_at - (e.created_at % 86400000000 + 86400000000) % 86400000000) / 86400000000, -1
          FROM executions e JOIN (SELECT '' AS workflow_id UNION ALL SELECT id FROM workflows) c ON c.workflow_id IN ('', e.workflow_id))
        GROUP BY workflow_id, state, day HAVING difference <> 0)""";

  private Counts() {}

  /** Fails unless the counts of this file add up to its executions. */
  public static void check(Path file) throws SQLException {
    try (Connection connection = Sample.connect(file)) {
      assertThat(Sample.text(connection, DIFFERENCES)).as("excess of the counts").isNull();
    }
  }
}
