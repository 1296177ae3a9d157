package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.testserver.TestServer;
import java.sql.Connection;
import java.sql.SQLException;

/** Compares the leases in the database with their attempts. */
final class Leases {
  private static final String WITHOUT_LIVE_ATTEMPT =
      """
      SELECT count(*) FROM %1$s.leases l
      WHERE NOT EXISTS (SELECT FROM %1$s.attempts a WHERE a.task_run_id = l.task_run_id AND a.number = l.number AND a.state = 'RUNNING')""";

  private Leases() {}

  /** Fails when a lease of this schema has outlived its attempt. */
  static void check(Connection connection, String schema) throws SQLException {
    assertThat(TestServer.text(connection, WITHOUT_LIVE_ATTEMPT.formatted(schema)))
        .as("leases without a live attempt")
        .isEqualTo("0");
  }
}
