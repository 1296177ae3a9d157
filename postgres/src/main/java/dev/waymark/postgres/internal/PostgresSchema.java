package dev.waymark.postgres.internal;

import dev.waymark.core.error.SchemaMismatchException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a schema of the database to the version of this program.
 *
 * <p>The version stands in a table of one row; only a schema that is not up to date pays for the
 * migration library. Processes that open a new schema at the same moment wait for each other at an
 * advisory lock. It belongs to a transaction, so that it cannot outlive its holder even behind a
 * proxy; a transaction that does nothing else holds it, while the migrations run on a connection of
 * their own.
 */
public final class PostgresSchema {
  /** The version that this code works with: the number of the last migration. */
  static final int VERSION = 5;

  private static final int LEAST_SERVER = 14;
  private static final Logger LOG = LoggerFactory.getLogger(PostgresSchema.class);

  /**
   * Whether the schema, the mark and anything that is not Flyway's are there, and which of the
   * triggers of this version do not run. The session may have any search path, so even operators
   * are named with their schema.
   */
  private static final String LOOK =
      """
      SELECT n.oid IS NOT NULL,
             EXISTS (
               SELECT 1 FROM pg_catalog.pg_class c
               WHERE c.relnamespace OPERATOR(pg_catalog.=) n.oid AND c.relname OPERATOR(pg_catalog.=) 'waymark_version'),
             (SELECT pg_catalog.count(*) FROM pg_catalog.pg_class c
              WHERE c.relnamespace OPERATOR(pg_catalog.=) n.oid
                AND c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p,v,m,f,S}'::pg_catalog."char"[])
                AND c.relname OPERATOR(pg_catalog.!~~) ?),
             pg_catalog.current_setting('fsync'),
             (SELECT pg_catalog.string_agg(v.name, ', ')
              FROM pg_catalog.unnest(?::pg_catalog.text[]) AS v (name)
              WHERE NOT EXISTS (
                SELECT 1 FROM pg_catalog.pg_class c
                JOIN pg_catalog.pg_trigger t ON t.tgrelid OPERATOR(pg_catalog.=) c.oid
                WHERE c.relnamespace OPERATOR(pg_catalog.=) n.oid
                  AND pg_catalog.format('%s on %s', t.tgname, c.relname) OPERATOR(pg_catalog.=) v.name
                  AND t.tgenabled OPERATOR(pg_catalog.=) ANY ('{O,A}'::pg_catalog."char"[])))
      FROM (SELECT 1) AS one
      LEFT JOIN pg_catalog.pg_namespace n ON n.nspname OPERATOR(pg_catalog.=) ?""";

  /** The triggers of this version; the rules and the totals of the store depend on each. */
  static final List<String> TRIGGERS =
      List.of(
          "attempts_begin on attempts",
          "attempts_move on attempts",
          "executions_begin on executions",
          "executions_count_created on executions",
          "executions_count_deleted on executions",
          "executions_count_emptied on executions",
          "executions_count_moved on executions",
          "executions_end on executions",
          "executions_leave on executions",
          "executions_move on executions",
          "task_runs_begin on task_runs",
          "task_runs_leave on task_runs",
          "task_runs_move on task_runs");

  private final PostgresSettings settings;
  private final PostgresErrors errors;

  /** The schema of these settings. */
  public PostgresSchema(PostgresSettings settings, PostgresErrors errors) {
    this.settings = settings;
    this.errors = errors;
  }

  /**
   * Creates or migrates the schema where that is needed.
   *
   * @param pool where connections come from that look
   * @param source where connections come from that migrate; it must be able to give three at the
   *     same time
   * @throws SchemaMismatchException when the server is too old, or the schema belongs to a newer
   *     version or to another program
   */
  public void prepare(PostgresSessions pool, DataSource source) throws SQLException {
    boolean current =
        pool.with(
            connection -> {
              checkServer(connection);
              return isCurrent(connection);
            });
    if (current) {
      return;
    }
    try (Connection guard = source.getConnection()) {
      guard.setAutoCommit(false);
      lock(guard);
      migrate(source);
      guard.rollback();
    }
  }

  private void migrate(DataSource source) throws SQLException {
    try (Connection connection = source.getConnection()) {
      connection.setAutoCommit(true);
      if (isCurrent(connection)) {
        return;
      }
      createSchema(connection);
      PostgresMigrations.run(source, settings.schema());
      if (!isCurrent(connection)) {
        throw new IllegalStateException(
            "the migrations of " + errors.place() + " did not lead to version " + VERSION);
      }
    }
  }

  private void checkServer(Connection connection) throws SQLException {
    int version = connection.getMetaData().getDatabaseMajorVersion();
    if (version < LEAST_SERVER) {
      throw new SchemaMismatchException(
          errors.place()
              + " is on PostgreSQL "
              + connection.getMetaData().getDatabaseProductVersion()
              + "; Waymark needs PostgreSQL "
              + LEAST_SERVER
              + " or later. Update the server, or name another",
          null);
    }
  }

  private boolean isCurrent(Connection connection) throws SQLException {
    try (PreparedStatement look = connection.prepareStatement(LOOK)) {
      look.setString(1, PostgresMigrations.TABLE + "%");
      look.setArray(2, connection.createArrayOf("text", TRIGGERS.toArray()));
      look.setString(3, settings.schema());
      try (ResultSet row = look.executeQuery()) {
        row.next();
        if (row.getString(4).equals("off")) {
          LOG.warn(
              "{} has fsync off: commits do not survive a loss of power; turn it on",
              errors.place());
        }
        if (row.getBoolean(2)) {
          boolean current = isCurrent(version(connection));
          if (current && row.getString(5) != null) {
            throw incomplete(row.getString(5));
          }
          return current;
        }
        if (row.getLong(3) > 0) {
          throw foreign(row.getLong(3));
        }
        return false;
      }
    }
  }

  private boolean isCurrent(int version) {
    if (version > VERSION) {
      throw new SchemaMismatchException(
          errors.place()
              + " has schema version "
              + version
              + ", made by a newer Waymark; this one works with versions up to "
              + VERSION
              + ". Update Waymark, or name another schema with schema=NAME",
          null);
    }
    return version == VERSION;
  }

  private SchemaMismatchException foreign(long relations) {
    return new SchemaMismatchException(
        errors.place()
            + " holds "
            + relations
            + " tables or other relations of another program; nothing was changed in it. Name"
            + " another schema with schema=NAME",
        null);
  }

  private SchemaMismatchException incomplete(String missing) {
    return new SchemaMismatchException(
        errors.place()
            + " is an incomplete copy of a store, or triggers of it are disabled; these do not run: "
            + missing
            + ". Without them totals become wrong, so nothing was opened. Copy a schema with pg_dump and psql or"
            + " pg_restore, which copy its triggers, or enable them with ALTER TABLE … ENABLE TRIGGER ALL",
        null);
  }

  private int version(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT version FROM \"" + settings.schema() + "\".waymark_version")) {
      return row.next() ? row.getInt(1) : 0;
    }
  }

  /**
   * Takes the lock, for as long as the transaction lasts. However long the migrations take, the
   * server must not end it for being idle.
   */
  private void lock(Connection guard) throws SQLException {
    try (Statement statement = guard.createStatement()) {
      statement.execute(
          "SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = "
              + settings.statementTimeout().toMillis());
    }
    try (PreparedStatement lock =
        guard.prepareStatement(
            "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(?, 0))")) {
      lock.setString(1, "waymark schema " + settings.schema());
      lock.execute();
    }
  }

  private void createSchema(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA IF NOT EXISTS \"" + settings.schema() + "\"");
    }
  }
}
