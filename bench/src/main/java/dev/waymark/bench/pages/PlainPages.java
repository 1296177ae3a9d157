package dev.waymark.bench.pages;

import dev.waymark.bench.storage.Backend;
import dev.waymark.bench.storage.StoreLocation;
import dev.waymark.core.query.Cursor;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Pages by plain SQL over a copy of the executions: count(*) for the total, and for the page LIMIT
 * with OFFSET or with a comparison with the last row of the page before. Both run in one read
 * transaction.
 */
final class PlainPages implements AutoCloseable {
  private static final String PAGE =
      """
      SELECT e.id, e.workflow_id, e.workflow_revision, e.state, e.version, d.labels, d.inputs, e.created_at, e.started_at, e.ended_at, e.error
      FROM (SELECT * FROM executions%s ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?) e
      LEFT JOIN execution_details d ON d.execution_id = e.id
      ORDER BY e.created_at DESC, e.id DESC""";

  private final Backend backend;
  private final Connection connection;
  private final Map<String, PreparedStatement> statements = new HashMap<>();

  PlainPages(StoreLocation location) throws SQLException {
    this.backend = location.backend();
    this.connection = location.connect();
  }

  /** Returns the total, and also reads the whole page. */
  long page(Listing listing, long offset, @Nullable Cursor after) throws SQLException {
    try (Statement transaction = connection.createStatement()) {
      transaction.execute(
          backend == Backend.SQLITE ? "BEGIN" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
      long total = total(listing);
      read(listing, offset, after);
      transaction.execute("COMMIT");
      return total;
    }
  }

  private long total(Listing listing) throws SQLException {
    try (ResultSet row =
        prepare("SELECT count(*) FROM executions" + listing.condition()).executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  private void read(Listing listing, long offset, @Nullable Cursor after) throws SQLException {
    String conditions = listing.condition();
    if (after != null) {
      conditions += (conditions.isEmpty() ? " WHERE" : " AND") + " (created_at, id) < (?, ?)";
    }
    PreparedStatement page = prepare(PAGE.formatted(conditions));
    int index = after == null ? 0 : bind(page, after);
    page.setLong(index + 1, Listing.LIMIT);
    page.setLong(index + 2, offset);
    try (ResultSet row = page.executeQuery()) {
      while (row.next()) {
        for (int column = 1; column <= 11; column++) {
          row.getObject(column);
        }
      }
    }
  }

  private int bind(PreparedStatement page, Cursor after) throws SQLException {
    UUID id = after.id().value();
    if (backend == Backend.SQLITE) {
      page.setLong(1, ChronoUnit.MICROS.between(Instant.EPOCH, after.createdAt()));
      page.setBytes(
          2,
          ByteBuffer.allocate(16)
              .putLong(id.getMostSignificantBits())
              .putLong(id.getLeastSignificantBits())
              .array());
    } else {
      page.setObject(1, after.createdAt().atOffset(ZoneOffset.UTC));
      page.setObject(2, id);
    }
    return 2;
  }

  private PreparedStatement prepare(String sql) throws SQLException {
    PreparedStatement known = statements.get(sql);
    if (known == null) {
      known = connection.prepareStatement(sql);
      statements.put(sql, known);
    }
    return known;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
