package dev.waymark.bench.pages;

import dev.waymark.bench.storage.StoreLocation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyOutputStream;

/**
 * Fills a store on PostgreSQL by COPY, table by table. The triggers of the executions are off and
 * their indexes are dropped meanwhile.
 */
final class PostgresFiller {
  private static final String COPY_EXECUTIONS =
      """
      COPY executions (id, workflow_id, workflow_revision, state, version, request_hash, created_at, started_at, ended_at, error)
      FROM STDIN""";
  private static final String COPY_DETAILS =
      "COPY execution_details (execution_id, labels, inputs) FROM STDIN";
  private static final String COPY_LABELS =
      "COPY execution_labels (execution_id, name, value, created_at) FROM STDIN";

  /** The indexes that no constraint needs. */
  private static final String INDEXES =
      """
      SELECT c.relname, pg_get_indexdef(i.indexrelid)
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
      WHERE i.indrelid = 'executions'::regclass AND NOT i.indisunique""";

  private final StoreLocation location;

  PostgresFiller(StoreLocation location) {
    this.location = location;
  }

  void fill(long size, Instant today) throws SQLException {
    try (Connection connection = location.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET maintenance_work_mem = '512MB'");
      // Disables user triggers and foreign key checks for this session only.
      statement.execute("SET session_replication_role = replica");
      List<String> indexes = takeAway(statement);
      copy(connection, COPY_EXECUTIONS, new Sample(size, today), PostgresFiller::execution);
      copy(connection, COPY_DETAILS, new Sample(size, today), PostgresFiller::detail);
      copy(connection, COPY_LABELS, new Sample(size, today), PostgresFiller::label);
      for (String sql : indexes) {
        statement.execute(sql);
      }
      for (String sql : derived()) {
        statement.execute(sql);
      }
      statement.execute("VACUUM (ANALYZE)");
      statement.execute("CHECKPOINT");
    }
  }

  /** The statements that fill the derived tables. They run once all rows are there. */
  private static List<String> derived() {
    return List.of(
        """
        INSERT INTO execution_counts (workflow_id, state, day, slot, executions)
        SELECT c.workflow_id, e.state, (e.created_at AT TIME ZONE 'UTC')::date - DATE '1970-01-01', 0, count(*)
        FROM executions e CROSS JOIN LATERAL (VALUES (''), (e.workflow_id)) c (workflow_id)
        GROUP BY 1, 2, 3""");
  }

  private static List<String> takeAway(Statement statement) throws SQLException {
    List<String> drops = new ArrayList<>();
    List<String> creates = new ArrayList<>();
    try (ResultSet row = statement.executeQuery(INDEXES)) {
      while (row.next()) {
        drops.add("DROP INDEX " + row.getString(1));
        creates.add(row.getString(2));
      }
    }
    for (String drop : drops) {
      statement.execute(drop);
    }
    return creates;
  }

  private static void copy(
      Connection connection,
      String copy,
      Sample sample,
      Function<Sample.Row, @Nullable String> line)
      throws SQLException {
    PGConnection driver = connection.unwrap(PGConnection.class);
    try (PGCopyOutputStream out = new PGCopyOutputStream(driver, copy, 1 << 20)) {
      while (sample.hasNext()) {
        String text = line.apply(sample.next());
        if (text != null) {
          out.write(text.getBytes(StandardCharsets.UTF_8));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String execution(Sample.Row row) {
    return String.join(
        "\t",
        row.id().toString(),
        row.workflow(),
        "1",
        row.state().name(),
        Integer.toString(row.version()),
        row.requestHash(),
        time(row.createdMicros()),
        time(row.startedMicros()),
        time(row.endedMicros()),
        (row.error() == null ? "\\N" : row.error()) + "\n");
  }

  private static @Nullable String detail(Sample.Row row) {
    return row.team() == null ? null : row.id() + "\t" + row.labels() + "\t{}\n";
  }

  private static @Nullable String label(Sample.Row row) {
    return row.team() == null
        ? null
        : row.id() + "\tteam\t" + row.team() + "\t" + time(row.createdMicros()) + "\n";
  }

  private static String time(@Nullable Long micros) {
    return micros == null
        ? "\\N"
        : Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1_000).toString();
  }
}
