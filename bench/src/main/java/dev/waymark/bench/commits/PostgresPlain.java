package dev.waymark.bench.commits;

import dev.waymark.bench.place.Place;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;

/** Plain JDBC on PostgreSQL: a transaction for each step, a connection for each thread. */
final class PostgresPlain implements Contestant {
  private final Place place;

  /**
   * The connections of the place must have a search path that contains the tables of the baseline.
   */
  PostgresPlain(Place place) {
    this.place = place;
  }

  @Override
  public String name() {
    return "plain";
  }

  @Override
  public Lane lane() throws SQLException {
    Connection connection = place.connect();
    connection.setAutoCommit(false);
    PostgresRows rows = new PostgresRows(connection);
    return new Lane() {
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
    place.analyze();
  }

  @Override
  public Tally tally() throws SQLException {
    try (Connection connection = place.connect()) {
      return Tallies.of(connection);
    }
  }

  @Override
  public void close() {}
}
