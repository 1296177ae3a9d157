package dev.waymark.bench.commits;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** Writes a group to SQLite in one transaction, row by row with statements that stay prepared. */
final class SqliteGroupWriter implements GroupContestant.Writer {
  private final Connection connection;
  private final PreparedStatement begin;
  private final PreparedStatement commit;
  private final SqliteRows rows;

  /** Takes over a connection to the file of the baseline. */
  SqliteGroupWriter(Connection connection) throws SQLException {
    this.connection = connection;
    this.begin = connection.prepareStatement("BEGIN IMMEDIATE");
    this.commit = connection.prepareStatement("COMMIT");
    this.rows = new SqliteRows(connection);
  }

  @Override
  public void write(List<Entry> group) throws SQLException {
    begin.execute();
    for (Entry entry : group) {
      rows.write(entry);
    }
    commit.execute();
  }

  @Override
  public Contestant.Tally tally() throws SQLException {
    return Tallies.of(connection);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
