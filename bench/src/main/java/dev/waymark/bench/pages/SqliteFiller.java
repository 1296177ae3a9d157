package dev.waymark.bench.pages;

import dev.waymark.bench.storage.StoreLocation;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Fills a store on SQLite with prepared statements in one transaction. The triggers and indexes of
 * the executions are dropped meanwhile.
 */
final class SqliteFiller {
  private static final String INSERT_EXECUTION =
      """
      INSERT INTO executions (id, workflow_id, workflow_revision, state, version, request_hash, created_at, started_at, ended_at, error)
      VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?)""";
  private static final String INSERT_DETAIL =
      "INSERT INTO execution_details (execution_id, labels, inputs) VALUES (?, ?, '{}')";
  private static final String INSERT_LABEL =
      "INSERT INTO execution_labels (execution_id, name, value, created_at) VALUES (?, 'team', ?, ?)";

  private static final String TRIGGERS_AND_INDEXES =
      """
      SELECT type, name, sql FROM sqlite_schema
      WHERE tbl_name = 'executions' AND type IN ('trigger', 'index') AND sql IS NOT NULL""";

  private final StoreLocation location;

  SqliteFiller(StoreLocation location) {
    this.location = location;
  }

  void fill(long size, Instant today) throws SQLException {
    try (Connection connection = location.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA foreign_keys = 0");
      statement.execute("PRAGMA cache_size = -200000");
      statement.execute("BEGIN IMMEDIATE");
      List<String> taken = takeAway(statement);
      insert(connection, new Sample(size, today));
      for (String sql : taken) {
        statement.execute(sql);
      }
      for (String sql : derived()) {
        statement.execute(sql);
      }
      statement.execute("COMMIT");
      statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }
  }

  /** The statements that fill the derived tables. They run once all rows are there. */
  private static List<String> derived() {
    return List.of(
        """
        INSERT INTO execution_counts (workflow_id, state, day, executions)
        SELECT workflow_id, state, created_at / 86400000000 AS day, count(*)
        FROM executions GROUP BY workflow_id, state, day""",
        """
        INSERT INTO execution_counts (workflow_id, state, day, executions)
        SELECT '', state, day, sum(executions) FROM execution_counts GROUP BY state, day""");
  }

  /**
   * Drops the triggers and indexes, which would run for every row. Returns the statements that
   * create them again.
   */
  private static List<String> takeAway(Statement statement) throws SQLException {
    List<String> drops = new ArrayList<>();
    List<String> creates = new ArrayList<>();
    try (ResultSet row = statement.executeQuery(TRIGGERS_AND_INDEXES)) {
      while (row.next()) {
        drops.add("DROP " + row.getString(1) + " " + row.getString(2));
        creates.add(row.getString(3));
      }
    }
    for (String drop : drops) {
      statement.execute(drop);
    }
    return creates;
  }

  private static void insert(Connection connection, Sample sample) throws SQLException {
    try (PreparedStatement execution = connection.prepareStatement(INSERT_EXECUTION);
        PreparedStatement detail = connection.prepareStatement(INSERT_DETAIL);
        PreparedStatement label = connection.prepareStatement(INSERT_LABEL)) {
      while (sample.hasNext()) {
        Sample.Row row = sample.next();
        insert(execution, row);
        if (row.team() != null) {
          detail.setBytes(1, bytes(row.id()));
          detail.setString(2, row.labels());
          detail.executeUpdate();
          label.setBytes(1, bytes(row.id()));
          label.setString(2, row.team());
          label.setLong(3, row.createdMicros());
          label.executeUpdate();
        }
      }
    }
  }

  private static void insert(PreparedStatement execution, Sample.Row row) throws SQLException {
    execution.setBytes(1, bytes(row.id()));
    execution.setString(2, row.workflow());
    execution.setString(3, row.state().name());
    execution.setInt(4, row.version());
    execution.setString(5, row.requestHash());
    execution.setLong(6, row.createdMicros());
    setLong(execution, 7, row.startedMicros());
    setLong(execution, 8, row.endedMicros());
    execution.setString(9, row.error());
    execution.executeUpdate();
  }

  private static void setLong(PreparedStatement statement, int index, @Nullable Long value)
      throws SQLException {
    if (value == null) {
      statement.setNull(index, Types.NULL);
    } else {
      statement.setLong(index, value);
    }
  }

  private static byte[] bytes(UUID id) {
    return ByteBuffer.allocate(16)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .array();
  }
}
