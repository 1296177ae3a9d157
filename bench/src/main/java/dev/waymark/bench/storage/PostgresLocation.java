package dev.waymark.bench.storage;

import dev.waymark.core.store.StateStore;
import dev.waymark.postgres.PostgresStateStore;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/**
 * A schema of a PostgreSQL server.
 *
 * @param server a JDBC URL of the server
 * @param schema the schema
 */
record PostgresLocation(String server, String schema) implements StoreLocation {

  @Override
  public Backend backend() {
    return Backend.POSTGRES;
  }

  @Override
  public StateStore open() {
    return PostgresStateStore.builder(server).schema(schema).build();
  }

  @Override
  public String url() {
    return server.replaceFirst("^jdbc:", "") + "&schema=" + schema;
  }

  @Override
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(server + "&currentSchema=" + schema);
  }

  @Override
  public long bytes() throws SQLException {
    return number(
        """
        SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = '%s' AND c.relkind = 'r'"""
            .formatted(schema));
  }

  /** Analyzes this schema alone: another store may be measured without statistics. */
  @Override
  public void analyze() throws SQLException {
    execute(
        """
        DO $$
        DECLARE
          name text;
        BEGIN
          FOR name IN SELECT c.oid::regclass FROM pg_class c
                      WHERE c.relnamespace = '%s'::regnamespace AND c.relkind = 'r' LOOP
            EXECUTE 'ANALYZE ' || name;
          END LOOP;
        END
        $$"""
            .formatted(schema));
  }

  @Override
  public boolean exists() throws SQLException {
    return number("SELECT count(*) FROM pg_namespace WHERE nspname = '" + schema + "'") > 0;
  }

  @Override
  public void clear() throws SQLException {
    execute(
        "SET client_min_messages = warning", "DROP SCHEMA IF EXISTS \"" + schema + "\" CASCADE");
  }

  @Override
  public void begin() throws SQLException {
    clear();
    execute("CREATE SCHEMA \"" + schema + "\"");
  }
}
