package dev.waymark.bench.claims;

import dev.waymark.bench.storage.Backend;
import dev.waymark.bench.storage.StoreLocation;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The lowest cost of a queue in a table: one statement takes the oldest row and is durable. There
 * are no states, no attempts, no leases and no history.
 */
final class BareQueue {
  private static final String POSTGRES =
      """
      DELETE FROM bare_queue WHERE id = (
        SELECT id FROM bare_queue ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING id\
      """;
  private static final String SQLITE =
      "DELETE FROM bare_queue WHERE id = (SELECT min(id) FROM bare_queue) RETURNING id";

  private BareQueue() {}

  /** Creates a queue without rows. */
  static void create(StoreLocation location) throws SQLException {
    location.execute(
        "DROP TABLE IF EXISTS bare_queue", "CREATE TABLE bare_queue (id bigint PRIMARY KEY)");
  }

  /** Replaces the rows that are left with this number of new rows. */
  static void fill(StoreLocation location, long rows) throws SQLException {
    boolean isPostgres = location.backend() == Backend.POSTGRES;
    String series =
        isPostgres
            ? "SELECT n FROM generate_series(1, %s) n".formatted(rows)
            : "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < %s) SELECT n FROM c"
                .formatted(rows);
    location.execute(
        isPostgres ? "TRUNCATE bare_queue" : "DELETE FROM bare_queue",
        "INSERT INTO bare_queue (id) " + series);
  }

  /** One claimer. */
  static final class Claimer implements AutoCloseable {
    private final Connection connection;
    private final PreparedStatement take;

    Claimer(StoreLocation location) throws SQLException {
      connection = location.connect();
      take =
          connection.prepareStatement(location.backend() == Backend.POSTGRES ? POSTGRES : SQLITE);
    }

    /** Takes one row; returns false when no row is left. */
    boolean take() throws SQLException {
      try (ResultSet row = take.executeQuery()) {
        return row.next();
      }
    }

    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }
}
