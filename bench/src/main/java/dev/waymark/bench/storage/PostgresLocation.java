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
  /** What its URL has before the name of the schema, at its end. */
  static final String SCHEMA = "&schema=";

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
    return server.replaceFirst("^jdbc:", "") + SCHEMA + schema;
  }

  @Override
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(server + "&currentSchema=" + schema);
  }

  @Override
  public long bytes() throws SQLException {
    return sum("pg_total_relation_size");
  }

  @Override
  public long indexBytes() throws SQLException {
    return sum("pg_indexes_size");
  }

  private long sum(String size) throws SQLException {
    return number(
        """
        SELECT coalesce(sum(%s(c.oid)), 0)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = '%s' AND c.relkind = 'r'"""
            .formatted(size, schema));
  }

  /**
   * Counts the WAL of the whole server. Begins with a checkpoint, because the first change of a
   * page after a checkpoint writes the whole page: so soon after one, there are few such pages.
   */
  @Override
  public WalMeter walMeter() throws SQLException {
    execute("CHECKPOINT");
    long begin = walPosition();
    return new WalMeter() {
      @Override
      public long bytes() throws SQLException {
        return walPosition() - begin;
      }

      @Override
      public void close() {}
    };
  }

  private long walPosition() throws SQLException {
    return number("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint");
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
