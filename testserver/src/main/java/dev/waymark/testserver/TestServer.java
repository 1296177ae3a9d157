package dev.waymark.testserver;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The server that the tests use. A whole build of all modules shares one server. It is started when
 * the first test needs it and stopped with the build. Outside of a build each JVM has its own
 * server. If the property {@code waymark.test.postgres.url} or the variable {@code
 * WAYMARK_TEST_POSTGRES} holds a JDBC URL, that server is used instead. Its user must be a
 * superuser, because tests end other sessions and change settings.
 *
 * <p>The data is durable as in production: fsync and synchronous_commit are on.
 *
 * <p>Safe for use by many threads.
 */
public final class TestServer {
  private static final @Nullable String GIVEN = given();
  private static @Nullable String startedUrl;

  /** The migrations of the postgres module, in order. */
  private static final List<String> MIGRATIONS =
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

  private TestServer() {}

  private static @Nullable String given() {
    String property = System.getProperty("waymark.test.postgres.url");
    return property == null || property.isEmpty()
        ? System.getenv("WAYMARK_TEST_POSTGRES")
        : property;
  }

  /** A JDBC URL of the server, with the user and, if needed, the password. */
  public static String url() {
    return GIVEN == null ? startedUrl() : GIVEN;
  }

  /** The URL with additional parameters. */
  public static String url(String parameters) {
    String url = url();
    return url + (url.contains("?") ? "&" : "?") + parameters;
  }

  /** Host and port of the server. */
  public static String[] hostAndPort() {
    String place = url().replaceFirst("^jdbc:postgresql://", "").replaceFirst("[/?].*", "");
    int colon = place.indexOf(':');
    return colon < 0
        ? new String[] {place, "5432"}
        : new String[] {place.substring(0, colon), place.substring(colon + 1)};
  }

  /** The URL with another host and port, which must lead to the same server. */
  public static String urlAt(String host, int port, String parameters) {
    return url(parameters).replaceFirst("//[^/?]*", "//" + host + ":" + port);
  }

  private static synchronized String startedUrl() {
    String url = startedUrl;
    if (url == null) {
      SharedServer shared = SharedServer.ofBuild();
      try {
        url = shared == null ? start().getJdbcUrl("postgres", "postgres") : shared.url();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      startedUrl = url;
    }
    return url;
  }

  /** A separate server for a test that stops it or changes its settings. The caller closes it. */
  public static EmbeddedPostgres start() {
    return start(durable());
  }

  /**
   * A separate server with its data in this folder. The data stays there when the server is closed.
   * If an earlier server left data in the folder, the new server uses it.
   */
  public static EmbeddedPostgres start(Path data) {
    return start(durable().setDataDirectory(data).setCleanDataDirectory(false));
  }

  /** A separate server with its data in this folder and with these settings. */
  public static EmbeddedPostgres start(Path data, Map<String, String> settings) {
    EmbeddedPostgres.Builder server = durable().setDataDirectory(data);
    settings.forEach(server::setServerConfig);
    return start(server);
  }

  private static EmbeddedPostgres.Builder durable() {
    return EmbeddedPostgres.builder()
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("full_page_writes", "on")
        .setServerConfig("max_connections", "200");
  }

  private static EmbeddedPostgres start(EmbeddedPostgres.Builder server) {
    try {
      return server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A separate connection, like that of another program. */
  public static Connection connect() throws SQLException {
    return DriverManager.getConnection(url());
  }

  /** A new database, whose statistics no other test affects; returns its name. */
  public static String newDatabase() {
    String name = newName();
    execute("CREATE DATABASE " + name);
    return name;
  }

  /** The URL of another database of the server. */
  public static String urlOf(String database) {
    return url().replaceFirst("^(jdbc:postgresql://[^/?]*)/?[^?]*", "$1/" + database);
  }

  /** Runs statements on a separate connection. */
  public static void execute(String sql) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException("cannot run: " + sql, e);
    }
  }

  /**
   * Adds an authentication rule for one role before the other rules of the server, such as {@code
   * scram-sha-256} or {@code reject}. Returns when it is in effect. The server must run on this
   * machine.
   */
  public static synchronized void addRule(String role, String method) {
    Path file = Path.of(text("SHOW hba_file"));
    try {
      String rule = "host all " + role + " all " + method + "\n";
      Files.writeString(file, rule + Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String before = text("SELECT pg_conf_load_time()");
    execute("SELECT pg_reload_conf()");
    while (text("SELECT pg_conf_load_time()").equals(before)) {
      Thread.onSpinWait();
    }
  }

  /**
   * Changes a setting of the server at this URL for all its sessions. Returns when each of them
   * applies it before its next statement: a new session that has the value proves that the server
   * has told all others, which an old session that has it does not.
   */
  public static void set(String url, String setting, String value) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("ALTER SYSTEM SET " + setting + " = '" + value + "'");
      statement.execute("SELECT pg_reload_conf()");
    }
    String found;
    do {
      try (Connection connection = DriverManager.getConnection(url)) {
        found = text(connection, "SHOW " + setting);
      }
    } while (!found.equals(value));
  }

  /** The first column of the first row, read on a separate connection. */
  public static String text(String query) {
    try (Connection connection = connect()) {
      return text(connection, query);
    } catch (SQLException e) {
      throw new IllegalStateException("cannot ask: " + query, e);
    }
  }

  /** The first column of the first row. */
  public static String text(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  /** A name that no schema has yet. */
  public static String newName() {
    return "t_" + UUID.randomUUID().toString().replace("-", "");
  }

  /**
   * A new schema with the tables, created from the text of the migrations, without a migration
   * history. It is for the hundreds of tests that do not test migrations.
   */
  public static String newSchema() {
    String schema = newName();
    execute(
        "BEGIN; CREATE SCHEMA %1$s; SET LOCAL search_path TO %1$s;\n%2$s\nCOMMIT"
            .formatted(schema, migrations(schema)));
    return schema;
  }

  /** Deletes all records, dependent records first. */
  public static void empty(String schema) {
    try (Connection connection = connect()) {
      empty(connection, schema);
    } catch (SQLException e) {
      throw new IllegalStateException("cannot empty " + schema, e);
    }
  }

  /** Deletes all records of a schema of this database, dependent records first. */
  public static void empty(Connection connection, String schema) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "SET search_path TO "
              + schema
              + ", pg_temp; DELETE FROM commits; DELETE FROM history; DELETE FROM ready_task_runs; DELETE FROM leases;"
              + " DELETE FROM due_executions; DELETE FROM task_run_outputs; DELETE FROM payloads; DELETE FROM signals; DELETE FROM signal_waits; DELETE FROM log_chunks; DELETE FROM workers; DELETE FROM pools; DELETE FROM attempts; DELETE FROM task_runs;"
              + " DELETE FROM execution_labels; DELETE FROM execution_details; DELETE FROM executions;"
              + " DELETE FROM execution_counts;"
              + " DELETE FROM workflow_revisions; DELETE FROM workflows");
    }
  }

  /** Drops a schema with its content. */
  public static void drop(String schema) {
    execute("SET client_min_messages = warning; DROP SCHEMA IF EXISTS " + schema + " CASCADE");
  }

  private static String migrations(String schema) {
    StringBuilder all = new StringBuilder();
    for (String name : MIGRATIONS) {
      all.append(resource("/dev/waymark/postgres/migration/" + name + ".sql"));
    }
    return all.toString().replace("${flyway:defaultSchema}", schema);
  }

  private static String resource(String path) {
    try (InputStream in = TestServer.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException(
            "no " + path + "; is the postgres module on the class path?");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
