package dev.waymark.sqlite.internal;

import dev.waymark.core.error.SchemaMismatchException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.sqlite.JDBC;

/**
 * Opens connections with the settings on which the guarantees of the store depend, and reads every
 * setting back: SQLite ignores a setting that it does not know, and the driver a parameter that it
 * cannot read.
 */
public final class SqliteConnector {
  /**
   * WAL reset bug: before this version a file that several connections write can be corrupted
   * (sqlite.org, "Write-Ahead Logging", section 11).
   */
  private static final int[] LEAST_VERSION = {3, 51, 3};

  private static final long WAL_KEPT_BYTES = 64L << 20;

  private final Path file;
  private final Duration busyTimeout;
  private final long maxPages;

  /** Connections to this file, which may grow to at most {@code maxPages} pages of 4096 bytes. */
  public SqliteConnector(Path file, Duration busyTimeout, long maxPages) {
    this.file = file;
    this.busyTimeout = busyTimeout;
    this.maxPages = maxPages;
  }

  /** How long to wait for another process to let go of the file. */
  Duration busyTimeout() {
    return busyTimeout;
  }

  /** A connection for the one writer. */
  public Connection writer() throws SQLException {
    return configured(false);
  }

  /** A connection that cannot write. */
  public Connection reader() throws SQLException {
    return configured(true);
  }

  /**
   * A connection without settings but for the busy time-out, to look at a file of which nothing is
   * known yet.
   */
  Connection plain() throws SQLException {
    Connection connection = JDBC.createConnection(JDBC.PREFIX + file, new Properties());
    try {
      checkVersion(connection);
      set(connection, "busy_timeout", Long.toString(busyTimeout.toMillis()));
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private Connection configured(boolean readOnly) throws SQLException {
    return Busy.await(busyTimeout, () -> configuredAtOnce(readOnly));
  }

  private Connection configuredAtOnce(boolean readOnly) throws SQLException {
    Connection connection = plain();
    try {
      for (Map.Entry<String, String> setting : settings(readOnly).entrySet()) {
        set(connection, setting.getKey(), setting.getValue());
      }
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private Map<String, String> settings(boolean readOnly) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("journal_mode", "wal");
    settings.put("synchronous", "2"); // FULL: the WAL is synced at every commit
    settings.put("fullfsync", "1"); // on macOS a plain fsync does not reach the disk
    settings.put("checkpoint_fullfsync", "1");
    settings.put("foreign_keys", "1");
    settings.put("trusted_schema", "0");
    settings.put("journal_size_limit", Long.toString(WAL_KEPT_BYTES));
    settings.put("max_page_count", Long.toString(maxPages));
    settings.put("query_only", readOnly ? "1" : "0");
    return settings;
  }

  void set(Connection connection, String setting, String value) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA " + setting + " = " + value);
    }
    String found = text(connection, "PRAGMA " + setting);
    if (!found.equals(value) && !isAlreadyLarger(setting, found, value)) {
      throw new SchemaMismatchException(
          "sqlite:"
              + file
              + " was opened with "
              + setting
              + " = "
              + found
              + " instead of "
              + value
              + "; the store requires this setting. Check that the file is on a local disk",
          null);
    }
  }

  /** A file that is over the limit already keeps its size: SQLite lets it grow no further. */
  private static boolean isAlreadyLarger(String setting, String found, String value) {
    return setting.equals("max_page_count") && Long.parseLong(found) > Long.parseLong(value);
  }

  private void checkVersion(Connection connection) throws SQLException {
    String found = text(connection, "SELECT sqlite_version()");
    if (!isAtLeast(found, LEAST_VERSION)) {
      throw new SchemaMismatchException(
          "SQLite "
              + found
              + " can corrupt a file that several connections write; use a sqlite-jdbc with SQLite 3.51.3 or"
              + " later. In a project with Spring Boot, set the property sqlite-jdbc.version",
          null);
    }
  }

  /** Whether a dotted version is at least another one. */
  static boolean isAtLeast(String version, int... least) {
    String[] parts = version.split("\\.", -1);
    for (int i = 0; i < least.length; i++) {
      int part = i < parts.length ? Integer.parseInt(parts[i]) : 0;
      if (part != least[i]) {
        return part > least[i];
      }
    }
    return true;
  }

  static String text(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.next() ? row.getString(1) : "nothing";
    }
  }
}
