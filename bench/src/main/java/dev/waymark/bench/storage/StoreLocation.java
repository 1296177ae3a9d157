package dev.waymark.bench.storage;

import dev.waymark.core.store.StateStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The location of one store, existing or not: a file, or a schema of a server. */
public interface StoreLocation extends Connector {

  /** The location with this {@link #url}. */
  static StoreLocation of(String url) {
    if (url.startsWith(SqliteLocation.SCHEME)) {
      return new SqliteLocation(Path.of(url.substring(SqliteLocation.SCHEME.length())));
    }
    int schema = url.lastIndexOf(PostgresLocation.SCHEMA);
    return new PostgresLocation(
        "jdbc:" + url.substring(0, schema),
        url.substring(schema + PostgresLocation.SCHEMA.length()));
  }

  /** Its backend. */
  Backend backend();

  /** Opens Waymark's store there; the caller closes it. */
  StateStore open();

  /** Its URL for the command line. */
  String url();

  /** The number of bytes that the records take on the disk, indexes included. */
  long bytes() throws SQLException;

  /** The part of {@link #bytes} that indexes take. */
  long indexBytes() throws SQLException;

  /**
   * Begins to count what is written to the WAL, by all connections together. Use it while nothing
   * else is measured: it may affect the speed.
   */
  WalMeter walMeter() throws SQLException;

  /** Updates the statistics of the tables, if the database does that by itself. */
  void analyze() throws SQLException;

  /** Whether anything exists there. */
  boolean exists() throws SQLException;

  /** Removes everything that exists there. */
  void clear() throws SQLException;

  /** Replaces everything that exists there with an empty database. */
  void begin() throws SQLException;

  /** Runs statements on a separate connection. */
  default void execute(String... statements) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** The number that a query returns, run on a separate connection. */
  default long number(String query) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }
}
