package dev.waymark.postgres.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.store.ClaimRequest;
import dev.waymark.jdbc.internal.read.ClaimReads;
import dev.waymark.jdbc.internal.sql.ReadStatement;
import dev.waymark.jdbc.internal.sql.Request;
import dev.waymark.jdbc.internal.sql.Session;
import dev.waymark.testkit.Await;
import dev.waymark.testserver.TestServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName(
    "A ready row that a commit moves after a claim has begun to pick, and before it locks it")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("NullAway.Init")
class PostgresMovedRowTest {
  private static final String FILL =
      """
      SET session_replication_role = replica; SET search_path TO %s;
      INSERT INTO executions
      SELECT md5('e' || i)::uuid, 'w', 1, 'RUNNING', 2, 'h', now(), now(), NULL, NULL FROM generate_series(1, 3) i;
      INSERT INTO task_runs
      SELECT md5('t' || i)::uuid, md5('e' || i)::uuid, 't', 'PENDING', 1, 0, now(), NULL, NULL FROM generate_series(1, 3) i;
      INSERT INTO ready_task_runs
      SELECT md5('t' || i)::uuid, 'default', 0, now() - interval '10 seconds' + i * interval '1 second' FROM generate_series(1, 3) i""";

  private static final String MOVED = "WHERE task_run_id = md5('t2')::uuid";

  /** Where the candidates are read, with the snapshot of the begin of the statement. */
  private static final String CANDIDATES = "WHERE l.priority = p.priority";

  private final String schema = TestServer.newSchema();
  private final PostgresSettings settings =
      PostgresConnectionTest.settings(schema, Duration.ofSeconds(60));
  private final PostgresDialect dialect =
      new PostgresDialect(
          settings, PostgresErrors.ofDataSource(settings), new PostgresServer(14, false, false));
  private Connection blocker;

  @BeforeEach
  void fill() throws SQLException {
    TestServer.execute(FILL.formatted(schema));
    blocker = TestServer.connect();
  }

  @AfterEach
  void drop() throws SQLException {
    blocker.close();
    TestServer.drop(schema);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "available_at = now() + interval '1 hour'",
        "pool = 'other'",
        "priority = 7",
      })
  @DisplayName("is not picked as what it was")
  void moved(String change) throws Exception {
    execute("SELECT pg_advisory_lock(hashtext('" + schema + "'))");
    CompletableFuture<List<String>> picked = CompletableFuture.supplyAsync(this::pick);
    String waiting =
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory' AND query LIKE '%"
            + schema
            + "%'";
    Await.until("the claim to wait", () -> picked.isDone() || TestServer.text(waiting).equals("1"));
    assertThat(picked).isNotDone();
    TestServer.execute("UPDATE " + schema + ".ready_task_runs SET " + change + " " + MOVED);
    execute("SELECT pg_advisory_unlock(hashtext('" + schema + "'))");
    assertThat(picked.join()).containsExactly(id(1), id(3));
  }

  private static String id(int number) {
    return TestServer.text("SELECT md5('t" + number + "')::uuid");
  }

  private void execute(String sql) throws SQLException {
    try (PreparedStatement statement = blocker.prepareStatement(sql)) {
      statement.execute();
    }
  }

  /** Selects by the statement of the store, which waits for the test before it reads candidates. */
  private List<String> pick() {
    String text = dialect.sql(ReadStatement.PICK_READY);
    assertThat(text).contains(CANDIDATES);
    String waits =
        text.replace(
            CANDIDATES,
            CANDIDATES
                + " AND pg_advisory_xact_lock_shared(hashtext('"
                + schema
                + "')) IS NOT NULL");
    ClaimRequest claim = new ClaimRequest("w", 10, Duration.ofHours(1), Set.of("default"));
    Request picking =
        new ClaimReads(dialect, claim)
            .picking().stream()
                .filter(request -> request.statement() == ReadStatement.PICK_READY)
                .findFirst()
                .orElseThrow();
    List<String> picked = new ArrayList<>();
    try (Session session = new Session(TestServer.connect())) {
      dialect.beginWrite(session);
      dialect.read(session, List.of());
      try (PreparedStatement statement = session.connection().prepareStatement(waits)) {
        picking.parameters().bind(statement, 1);
        try (ResultSet row = statement.executeQuery()) {
          while (row.next()) {
            picked.add(row.getString(1));
          }
        }
      }
      dialect.rollback(session);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return picked;
  }
}
