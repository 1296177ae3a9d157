package dev.waymark.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/** Compares the leases in the database with their attempts. */
final class Leases {
  private static final String WITHOUT_LIVE_ATTEMPT =
      """
      SELECT count(*) FROM leases l
      WHERE NOT EXISTS (SELECT 1 FROM attempts a WHERE a.task_run_id = l.task_run_id AND a.number = l.number AND a.state = 'RUNNING')""";

  private Leases() {}

  /** Fails when a lease of this file has outlived its attempt. */
  static void check(Path file) throws SQLException {
    try (Connection connection = Sample.connect(file)) {
      assertThat(Sample.text(connection, WITHOUT_LIVE_ATTEMPT))
          .as("leases without a live attempt")
          .isEqualTo("0");
    }
  }
}
