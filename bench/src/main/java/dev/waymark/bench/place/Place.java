package dev.waymark.bench.place;

import dev.waymark.core.store.StateStore;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Where one store is or can be: a file, or a schema of a server. */
public interface Place extends Connector {

  /** Its backend. */
  Backend backend();

  /** Opens Waymark's store there; the caller closes it. */
  StateStore open();

  /** How the command line names it. */
  String url();

  /** How many bytes the records take on the disk, indexes included. */
  long bytes() throws SQLException;

  /** Brings the statistics of the tables up to date, where the database does that by itself. */
  void analyze() throws SQLException;

  /** Whether anything is there. */
  boolean exists() throws SQLException;

  /** Removes everything that is there. */
  void clear() throws SQLException;

  /** Runs statements on a connection of their own. */
  default void execute(String... statements) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** The number that a query answers, asked on a connection of its own. */
  default long number(String query) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }
}
