package dev.waymark.bench.commits;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** Writes a group to SQLite in one transaction, row by row with statements that stay prepared. */
final class SqliteGroupWriter implements GroupCommitBaseline.Writer {
  private static final String ADD_COUNT =
      """
      INSERT INTO execution_counts (workflow_id, state, day, executions) VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET executions = executions + excluded.executions""";

  private final Connection connection;
  private final PreparedStatement begin;
  private final PreparedStatement commit;
  private final SqliteRows rows;
  private final PreparedStatement addCount;

  /** Takes ownership of a connection to the file of the baseline. */
  SqliteGroupWriter(Connection connection) throws SQLException {
    this.connection = connection;
    this.begin = connection.prepareStatement("BEGIN IMMEDIATE");
    this.commit = connection.prepareStatement("COMMIT");
    this.rows = new SqliteRows(connection);
    this.addCount = connection.prepareStatement(ADD_COUNT);
  }

  @Override
  public void write(List<Entry> group) throws SQLException {
    begin.execute();
    for (Entry entry : group) {
      rows.write(entry);
    }
    for (Count count : Count.of(group)) {
      addCount.setString(1, count.workflow());
      addCount.setString(2, count.state());
      addCount.setLong(3, count.day());
      addCount.setLong(4, count.executions());
      addCount.executeUpdate();
    }
    commit.execute();
  }

  @Override
  public Implementation.Tally tally() throws SQLException {
    return Tallies.of(connection);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
