package dev.waymark.postgres.internal;

import dev.waymark.jdbc.internal.migrate.Migration;
import dev.waymark.jdbc.internal.migrate.MigrationHistory;
import dev.waymark.jdbc.internal.migrate.Migrations;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Runs the migrations in the transaction of a connection, which holds the lock: all missing ones
 * are applied together or not at all. It is a separate class, so that opening an up-to-date schema
 * does not read the scripts.
 */
final class PostgresMigrations {
  static final List<String> NAMES =
      List.of(
          "V1__state_store",
          "V2__counts_and_indexes",
          "V3__cheaper_guards",
          "V4__claims",
          "V5__independent_of_names",
          "V6__scan_bounds",
          "V7__standing_in_history",
          "V8__counted_by_the_writer",
          "V9__payloads",
          "V10__waiting",
          "V11__signals",
          "V12__children_and_queries");

  /** The placeholder for the schema in a script; Flyway has given it its name. */
  private static final String SCHEMA = "${flyway:defaultSchema}";

  private PostgresMigrations() {}

  /**
   * Applies the missing migrations to a schema of this version. Names are resolved only in
   * pg_catalog and in the schema.
   *
   * @param place the store, as a message names it
   */
  static void run(Connection connection, String schema, int version, String place)
      throws SQLException {
    Migrations all =
        Migrations.load(PostgresMigrations.class, "/dev/waymark/postgres/migration", NAMES);
    String prefix = "\"" + schema + "\".";
    MigrationHistory history =
        new MigrationHistory(connection, prefix, "timestamp NOT NULL DEFAULT pg_catalog.now()");
    String path = PostgresTransactions.set("search_path", "\"" + schema + "\", pg_temp");
    execute(connection, "SELECT " + path);
    history.create();
    all.check(history.checksums(), place);
    String user = connection.getMetaData().getUserName();
    for (Migration migration : all.after(version)) {
      long began = System.nanoTime();
      execute(connection, migration.text().replace(SCHEMA, schema));
      execute(connection, "SELECT " + path);
      history.add(migration, user, began);
    }
  }

  @SuppressWarnings("StatementSwitchToPreparedStatement")
  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
