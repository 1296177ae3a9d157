package dev.waymark.sqlite.internal;

import dev.waymark.jdbc.internal.migrate.Migration;
import dev.waymark.jdbc.internal.migrate.MigrationHistory;
import dev.waymark.jdbc.internal.migrate.Migrations;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Runs the migrations on a connection that holds the file in an exclusive lock. Each is one
 * transaction, with its row in the history and the version in the header of the file, so a file has
 * one of the versions, whole, whenever the process ends. Its own class, so that opening a file that
 * is up to date does not read the scripts.
 */
final class SqliteMigrations {
  static final List<String> NAMES =
      List.of(
          "V1__state_store",
          "V2__counts_and_indexes",
          "V3__claims",
          "V4__payloads",
          "V5__waiting",
          "V6__signals",
          "V7__children_and_queries",
          "V8__deletion");

  private static final String TIMESTAMP =
      "TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now'))";

  private SqliteMigrations() {}

  /**
   * Runs those that are missing.
   *
   * @param place the store, as a message names it
   */
  static void run(Connection connection, String place) throws SQLException {
    Migrations all =
        Migrations.load(SqliteMigrations.class, "/dev/waymark/sqlite/migration", NAMES);
    MigrationHistory history = new MigrationHistory(connection, "", TIMESTAMP);
    history.create();
    all.check(history.checksums(), place);
    int version = Integer.parseInt(SqliteConnector.text(connection, "PRAGMA user_version"));
    for (Migration migration : all.after(version)) {
      run(connection, migration, history);
    }
  }

  /** SQLite runs a text of any number of statements, of which it knows where each ends. */
  private static void run(Connection connection, Migration migration, MigrationHistory history)
      throws SQLException {
    long began = System.nanoTime();
    try (Statement sql = connection.createStatement()) {
      sql.execute("BEGIN IMMEDIATE");
      boolean done = false;
      try {
        sql.executeUpdate(migration.text());
        history.add(migration, "", began);
        sql.execute("COMMIT");
        done = true;
      } finally {
        if (!done) {
          rollBack(sql);
        }
      }
    }
  }

  private static void rollBack(Statement sql) {
    try {
      sql.execute("ROLLBACK");
    } catch (SQLException e) {
      // SQLite has rolled back by itself, as on a full disk; the connection is closed now.
    }
  }
}
