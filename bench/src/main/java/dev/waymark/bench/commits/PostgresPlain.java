package dev.waymark.bench.commits;

import dev.waymark.bench.storage.StoreLocation;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;

/** Plain JDBC on PostgreSQL: a transaction for each step, a connection for each thread. */
final class PostgresPlain implements Implementation {
  private final StoreLocation location;

  /**
   * The connections of the location must have a search path that contains the tables of the
   * baseline.
   */
  PostgresPlain(StoreLocation location) {
    this.location = location;
  }

  @Override
  public String name() {
    return "plain";
  }

  @Override
  public Committer committer() throws SQLException {
    Connection connection = location.connect();
    connection.setAutoCommit(false);
    PostgresRows rows = new PostgresRows(connection);
    return new Committer() {
      @Override
      public void commit(Step step) throws SQLException {
        rows.write(Entry.of(step));
        connection.commit();
      }

      @Override
      public void close() throws SQLException {
        connection.close();
      }
    };
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
  public void settle() throws SQLException {
    location.analyze();
  }

  @Override
  public Tally tally() throws SQLException {
    try (Connection connection = location.connect()) {
      return Tallies.of(connection);
    }
  }

  @Override
  public void close() {}
}
