package dev.waymark.bench.commits;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Plain JDBC on SQLite: a transaction for each step. SQLite has one writer at a time, so all
 * threads share one connection and take turns.
 */
final class SqlitePlain implements Implementation {
  private final Connection connection;
  private final PreparedStatement begin;
  private final PreparedStatement commit;
  private final SqliteRows rows;
  private final ReentrantLock turn = new ReentrantLock();

  /** Takes ownership of a connection to the file of the baseline. */
  SqlitePlain(Connection connection) throws SQLException {
    this.connection = connection;
    this.begin = connection.prepareStatement("BEGIN IMMEDIATE");
    this.commit = connection.prepareStatement("COMMIT");
    this.rows = new SqliteRows(connection);
  }

  @Override
  public String name() {
    return "plain";
  }

  @Override
  public Committer committer() {
    return this::commit;
  }

  private void commit(Step step) throws SQLException {
    Entry entry = Entry.of(step);
    turn.lock();
    try {
      begin.execute();
      rows.write(entry);
      commit.execute();
    } finally {
      turn.unlock();
    }
  }

  @Override
  public boolean isAsync() {
    return false;
  }

  @Override
  public CompletableFuture<?> commitAsync(Step step) {
    throw new UnsupportedOperationException("plain JDBC waits for every commit");
  }

  @Override
  public void settle() {}

  @Override
  public Tally tally() throws SQLException {
    return Tallies.of(connection);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
