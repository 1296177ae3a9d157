package dev.waymark.bench.commits;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Counts the rows in the tables of a baseline. */
final class Tallies {
  private static final String COUNT =
      """
      SELECT count(*), coalesce(sum(CASE WHEN state = 'SUCCEEDED' THEN 1 ELSE 0 END), 0),
             (SELECT coalesce(sum(transition_count), 0) FROM history)
      FROM executions""";

  private Tallies() {}

  static Implementation.Tally of(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(COUNT)) {
      row.next();
      return new Implementation.Tally(row.getLong(1), row.getLong(2), row.getLong(3));
    }
  }
}
