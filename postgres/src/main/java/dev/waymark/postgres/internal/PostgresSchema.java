package dev.waymark.postgres.internal;

import dev.waymark.core.error.SchemaMismatchException;
import dev.waymark.jdbc.internal.migrate.MigrationHistory;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a schema of the database to the version of this program.
 *
 * <p>The version is in a table of one row; only a schema that is not up to date needs the
 * migrations. Processes that open a new schema at the same moment wait for each other at an
 * advisory lock. It belongs to the one transaction in which all migrations are done, so it cannot
 * outlive its holder, even behind a proxy, and no other session sees a schema between two versions.
 */
public final class PostgresSchema {
  /** The version that this code works with: the number of the last migration. */
  public static final int VERSION = 12;

  private static final Logger LOG = LoggerFactory.getLogger(PostgresSchema.class);

  /**
   * Whether the schema, the mark and anything that is not the history are there, and which of the
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
          "history_number on history",
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
   * Creates or migrates the schema if necessary, and returns the properties of the server.
   *
   * @throws SchemaMismatchException when the store cannot work on the server, or the schema belongs
   *     to a newer version or to another program
   */
  public PostgresServer prepare(PostgresSessions sessions) throws SQLException {
    PostgresServer server = sessions.with(connection -> look(connection, sessions));
    return server == null ? Objects.requireNonNull(sessions.with(this::migrate)) : server;
  }

  /**
   * Returns the properties of the server, and changes nothing.
   *
   * @throws SchemaMismatchException as {@link #prepare}, and when the schema is not up to date
   */
  public PostgresServer require(PostgresSessions sessions) throws SQLException {
    PostgresServer server = sessions.with(connection -> look(connection, sessions));
    if (server == null) {
      throw new SchemaMismatchException(
          errors.place()
              + " has an earlier schema version than "
              + VERSION
              + ", and a read-only store migrates nothing. Open the store once with this version of"
              + " Waymark for writing; a replica then receives the migration",
          null);
    }
    return server;
  }

  /** Returns null when the schema is not up to date. */
  private @Nullable PostgresServer look(Connection connection, PostgresSessions sessions)
      throws SQLException {
    int version = connection.getMetaData().getDatabaseMajorVersion();
    boolean done = false;
    try {
      PostgresMigrations.execute(connection, PostgresTransactions.look(settings, version));
      PostgresServer server = PostgresServer.look(connection, errors.place());
      if (server.isPooled()) {
        sessions.avoidPreparedStatements(); // in migrations already
      }
      boolean current = isCurrent(connection);
      PostgresMigrations.execute(connection, "ROLLBACK");
      done = true;
      return current ? server : null;
    } finally {
      if (!done) {
        rollBack(connection);
      }
    }
  }

  /** After any error, the transaction and all its changes are rolled back. */
  private PostgresServer migrate(Connection connection) throws SQLException {
    int version = connection.getMetaData().getDatabaseMajorVersion();
    int timeout = connection.getNetworkTimeout();
    boolean done = false;
    try {
      // A migration may take any time; a dead connection is detected by keep-alive.
      connection.setNetworkTimeout(Runnable::run, 0);
      PostgresMigrations.execute(connection, new PostgresTransactions(settings, version).migrate());
      PostgresServer server = PostgresServer.look(connection, errors.place());
      lock(connection);
      if (!isCurrent(connection)) {
        createAndMigrate(connection);
      }
      PostgresMigrations.execute(connection, "COMMIT");
      done = true;
      return server;
    } finally {
      if (!done) {
        rollBack(connection);
      }
      restore(connection, timeout);
    }
  }

  private void createAndMigrate(Connection connection) throws SQLException {
    PostgresMigrations.execute(
        connection,
        "SELECT "
            + PostgresTransactions.set(
                "lock_timeout", Long.toString(settings.lockTimeout().toMillis())));
    if (!hasSchema(connection)) {
      PostgresMigrations.execute(connection, "CREATE SCHEMA \"" + settings.schema() + "\"");
    }
    int version = hasVersion(connection) ? version(connection) : 0;
    PostgresMigrations.run(connection, settings.schema(), version, errors.place());
    if (!isCurrent(connection)) {
      throw new IllegalStateException(
          "the migrations of " + errors.place() + " did not reach schema version " + VERSION);
    }
  }

  private boolean hasSchema(Connection connection) throws SQLException {
    return isThere(connection, "pg_catalog.to_regnamespace(?)", "\"" + settings.schema() + "\"");
  }

  private boolean hasVersion(Connection connection) throws SQLException {
    return isThere(
        connection, "pg_catalog.to_regclass(?)", "\"" + settings.schema() + "\".waymark_version");
  }

  private static boolean isThere(Connection connection, String function, String name)
      throws SQLException {
    try (PreparedStatement sql =
        connection.prepareStatement("SELECT " + function + " IS NOT NULL")) {
      sql.setString(1, name);
      try (ResultSet row = sql.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  private static void rollBack(Connection connection) {
    try {
      PostgresMigrations.execute(connection, "ROLLBACK");
    } catch (SQLException e) {
      // The connection is lost, and with it the transaction.
    }
  }

  private static void restore(Connection connection, int networkTimeout) {
    try {
      connection.setNetworkTimeout(Runnable::run, networkTimeout);
    } catch (SQLException e) {
      // The connection is lost; its pool will notice.
    }
  }

  private boolean isCurrent(Connection connection) throws SQLException {
    try (PreparedStatement look = connection.prepareStatement(LOOK)) {
      look.setString(1, MigrationHistory.TABLE + "%");
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
              + ", created by a newer version of Waymark; this version supports schema versions up"
              + " to "
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
            + " is an incomplete copy of a store, or some of its triggers are disabled. These"
            + " triggers do not run: "
            + missing
            + ". Without them totals become wrong, so the store was not opened. Copy a schema with"
            + " pg_dump and psql or pg_restore, which copy its triggers, or enable them with ALTER"
            + " TABLE … ENABLE TRIGGER ALL",
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

  /** Takes the lock, until the end of the transaction. */
  private void lock(Connection connection) throws SQLException {
    try (PreparedStatement lock =
        connection.prepareStatement(
            "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(?, 0))")) {
      lock.setString(1, "waymark schema " + settings.schema());
      lock.execute();
    }
  }
}
