package dev.waymark.jdbc.internal.migrate;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The table that records which migration was run when, by whom and with which checksum.
 *
 * <p>It is for people, and for {@link Migrations#check}; which version the tables have is read
 * elsewhere. It has the name and the columns of Flyway, which created the stores of earlier
 * versions. So every store has one history.
 */
public final class MigrationHistory {
  /** Its name. */
  public static final String TABLE = "waymark_schema_history";

  private final Connection connection;
  private final String table;
  private final String timestamp;

  /**
   * The history in the database of this connection.
   *
   * @param schema what stands before the name of the table, such as {@code "waymark".}, or nothing
   * @param timestamp the type and the default of a time in this database
   */
  public MigrationHistory(Connection connection, String schema, String timestamp) {
    this.connection = connection;
    this.table = schema + TABLE;
    this.timestamp = timestamp;
  }

  /** Creates the table where it is missing. */
  @SuppressWarnings("StatementSwitchToPreparedStatement")
  public void create() throws SQLException {
    try (Statement sql = connection.createStatement()) {
      sql.execute(
          """
          CREATE TABLE IF NOT EXISTS %s (
            installed_rank INTEGER NOT NULL PRIMARY KEY,
            version VARCHAR(50),
            description VARCHAR(200) NOT NULL,
            type VARCHAR(20) NOT NULL,
            script VARCHAR(1000) NOT NULL,
            checksum INTEGER,
            installed_by VARCHAR(100) NOT NULL,
            installed_on %s,
            execution_time INTEGER NOT NULL,
            success BOOLEAN NOT NULL)\
          """
              .formatted(table, timestamp));
    }
  }

  /** The checksums of what was run, by version. */
  public Map<Integer, Integer> checksums() throws SQLException {
    Map<Integer, Integer> checksums = new LinkedHashMap<>();
    try (PreparedStatement sql =
            connection.prepareStatement(
                "SELECT version, checksum FROM "
                    + table
                    + " WHERE type = 'SQL' AND checksum IS NOT NULL");
        ResultSet row = sql.executeQuery()) {
      while (row.next()) {
        checksums.put(Integer.parseInt(row.getString(1)), row.getInt(2));
      }
    }
    return checksums;
  }

  /**
   * Records a migration.
   *
   * @param user who ran it
   * @param began by {@link System#nanoTime}
   */
  public void add(Migration migration, String user, long began) throws SQLException {
    try (PreparedStatement sql =
        connection.prepareStatement(
            "INSERT INTO "
                + table
                + " (installed_rank, version, description, type, script, checksum, installed_by,"
                + " execution_time, success) SELECT coalesce(max(installed_rank), 0) + 1, ?, ?,"
                + " 'SQL', ?, ?, ?, ?, ? FROM "
                + table)) {
      sql.setString(1, Integer.toString(migration.version()));
      sql.setString(2, migration.description());
      sql.setString(3, migration.script());
      sql.setInt(4, migration.checksum());
      sql.setString(5, user);
      sql.setInt(6, (int) ((System.nanoTime() - began) / 1_000_000));
      sql.setBoolean(7, true);
      sql.executeUpdate();
    }
  }
}
