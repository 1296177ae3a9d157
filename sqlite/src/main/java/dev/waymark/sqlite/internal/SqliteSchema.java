package dev.waymark.sqlite.internal;

import dev.waymark.core.error.SchemaMismatchException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.internal.Durations;
import dev.waymark.jdbc.internal.migrate.MigrationHistory;
import dev.waymark.jdbc.internal.sql.RetryTimer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * Brings a file to the schema of this version.
 *
 * <p>The version stands in the header of the file, where reading it costs microseconds; only a file
 * that is not up to date reads the migrations. Migrating holds the file in SQLite's own exclusive
 * lock, on the very connection that migrates: processes that open a new file at the same moment
 * wait for each other, and each looks at the version again once it has the lock.
 */
public final class SqliteSchema {
  /** The version that this code works with: the number of the last migration. */
  public static final int VERSION = 8;

  /** The mark of a Waymark store in the header of the file: the letters "Wymk". */
  static final int APPLICATION_ID = 0x57796d6b;

  private static final String FOREIGN_TABLES =
      "SELECT count(*) FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' AND name NOT LIKE '"
          + MigrationHistory.TABLE
          + "%'";

  private final Path file;
  private final boolean allowsOtherTables;

  /** The schema of a file that has no other tables. */
  public SqliteSchema(Path file) {
    this(file, false);
  }

  /**
   * The schema of this file.
   *
   * @param allowsOtherTables whether it can be created beside the tables of another program
   */
  public SqliteSchema(Path file, boolean allowsOtherTables) {
    this.file = file;
    this.allowsOtherTables = allowsOtherTables;
  }

  /**
   * Creates or migrates the schema where that is needed.
   *
   * @throws SchemaMismatchException when the file belongs to a newer version or to another program
   * @throws StoreUnavailableException when the file must be migrated and another program keeps it
   *     open for longer than the busy time-out
   */
  public void prepare(SqliteConnector connector) throws SQLException {
    RetryTimer left = new RetryTimer(connector.busyTimeout());
    while (!Busy.await(connector.busyTimeout(), () -> isPrepared(connector))) {
      if (!left.pause()) {
        throw inUse(connector.busyTimeout());
      }
    }
  }

  /**
   * Tries with a connection of its own: one that waits would itself keep the file open, and two of
   * them would wait for each other.
   *
   * @return false, and nothing is done, when another has the file open and keeps it from migrating
   */
  private boolean isPrepared(SqliteConnector connector) throws SQLException {
    try (Connection connection = connector.plain()) {
      if (isCurrent(connection)) {
        return true;
      }
      if (!hasLeftWal(connection)) {
        return false;
      }
      lock(connection);
      if (isCurrent(connection)) {
        return true;
      }
      if (isWal(connection)) { // an earlier version opened the file before the lock was held
        return false;
      }
      SqliteMigrations.run(connection, "sqlite:" + file);
      checkCurrent(connection);
      SqliteConnector.text(connection, "PRAGMA journal_mode = wal");
      return true;
    }
  }

  private StoreUnavailableException inUse(Duration busyTimeout) {
    return new StoreUnavailableException(
        "cannot open the store in sqlite:"
            + file
            + ": an earlier version of Waymark created it, and it cannot be migrated to schema"
            + " version "
            + VERSION
            + " while another program uses the file; it was in use for longer than the busy"
            + " time-out of "
            + Durations.format(busyTimeout)
            + ". End that program and try again; nothing was changed",
        null);
  }

  /**
   * Reads the marks in one transaction, or a migration could come between the first and the last.
   */
  private boolean isCurrent(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN");
      int application = number(connection, "PRAGMA application_id");
      int version = number(connection, "PRAGMA user_version");
      int foreignTables = number(connection, FOREIGN_TABLES);
      statement.execute("ROLLBACK");
      return isCurrent(application, version, foreignTables == 0 || allowsOtherTables);
    }
  }

  private boolean isCurrent(int application, int version, boolean empty) {
    if (application == APPLICATION_ID && version <= VERSION) {
      return version == VERSION;
    }
    if (application == APPLICATION_ID) {
      throw new SchemaMismatchException(
          "sqlite:"
              + file
              + " has schema version "
              + version
              + ", created by a newer version of Waymark; this version supports schema versions up"
              + " to "
              + VERSION
              + ". Update Waymark, or name another file",
          null);
    }
    if (application != 0 || version != 0 || !empty) {
      throw new SchemaMismatchException(
          "sqlite:"
              + file
              + " is a database of another program (application id "
              + application
              + ", user version "
              + version
              + "); nothing was changed in it. Name another file",
          null);
    }
    return false;
  }

  /**
   * A file of an earlier version is in WAL mode, in which no lock lasts longer than a transaction.
   * Leaving WAL mode requires that no other connection has the file open: a process of the earlier
   * version must not run with the new schema. SQLite does not wait for that.
   */
  private static boolean hasLeftWal(Connection connection) throws SQLException {
    try {
      return !SqliteConnector.text(connection, "PRAGMA journal_mode = delete").equals("wal");
    } catch (SQLException e) {
      if (SqliteErrors.isLocked(e)) {
        return false;
      }
      throw e;
    }
  }

  private static boolean isWal(Connection connection) throws SQLException {
    return SqliteConnector.text(connection, "PRAGMA journal_mode").equals("wal");
  }

  /**
   * Takes the exclusive lock and keeps it, over any number of transactions, until the connection
   * closes. The mode is set once the lock is held: set before, it would also keep the shared lock
   * that every waiting connection tries its luck with, and two of them would wait for each other.
   */
  private static void lock(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN EXCLUSIVE");
      statement.execute("PRAGMA locking_mode = EXCLUSIVE");
      statement.execute("COMMIT");
    }
  }

  private void checkCurrent(Connection connection) throws SQLException {
    if (!isCurrent(connection)) {
      throw new IllegalStateException(
          "the migrations of sqlite:" + file + " did not reach schema version " + VERSION);
    }
  }

  private static int number(Connection connection, String query) throws SQLException {
    return Integer.parseInt(SqliteConnector.text(connection, query));
  }
}
