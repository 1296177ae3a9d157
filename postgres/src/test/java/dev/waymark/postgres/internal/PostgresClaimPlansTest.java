package dev.waymark.postgres.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.store.ClaimRequest;
import dev.waymark.jdbc.internal.read.ClaimReads;
import dev.waymark.jdbc.internal.sql.ReadStatement;
import dev.waymark.jdbc.internal.sql.Request;
import dev.waymark.jdbc.internal.sql.Session;
import dev.waymark.testserver.TestServer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * With a store in which 100,000 task runs are ready and as many are claimed, half of each later
 * than now. The plans are those of the store's own transactions, with their settings.
 */
@DisplayName("The plans of claims on PostgreSQL")
class PostgresClaimPlansTest {
  private static final String FILL =
      """
      SET session_replication_role = replica; SET search_path TO %s;
      INSERT INTO executions
      SELECT md5('e' || i)::uuid, 'w', 1, 'RUNNING', 2, 'h', now(), now(), NULL, NULL FROM generate_series(0, 9999) i;
      INSERT INTO execution_details SELECT id, '{}', '{}' FROM executions;
      INSERT INTO task_runs
      SELECT md5('t' || i)::uuid, md5('e' || i / 20)::uuid, 't' || i, CASE i %% 2 WHEN 0 THEN 'PENDING' ELSE 'RUNNING' END, 1, i %% 2, now(), NULL, NULL
      FROM generate_series(0, 199999) i;
      INSERT INTO attempts SELECT id, 1, 'RUNNING', 'w', now(), NULL, NULL, NULL FROM task_runs WHERE state = 'RUNNING';
      INSERT INTO ready_task_runs
      SELECT md5('t' || 2 * i)::uuid, CASE i %% 10 WHEN 0 THEN 'gpu' ELSE 'default' END, i %% 5, now() + (i - 50000) * interval '1 second'
      FROM generate_series(0, 99999) i;
      INSERT INTO leases SELECT md5('t' || 2 * i + 1)::uuid, 1, 'w', now() + (i - 50000) * interval '1 second', 'pool-' || i %% 20000 FROM generate_series(0, 99999) i;
      INSERT INTO pools SELECT 'pool-' || i, 1 FROM generate_series(0, 19999) i;
      INSERT INTO pools VALUES ('gpu', 1);
      INSERT INTO log_chunks SELECT md5('t' || i / 10)::uuid, 1, i %% 10, md5('e' || i / 2000)::uuid, '' FROM generate_series(0, 99999) i;
      INSERT INTO due_executions SELECT md5('e' || i)::uuid, 'SETTLE', now() + (i - 5000) * interval '1 second' FROM generate_series(0, 9999) i;
      INSERT INTO task_run_outputs SELECT md5('t' || i)::uuid, '7' FROM generate_series(0, 199999) i\
      """;

  private static final List<String> TABLES =
      List.of(
          "task_runs",
          "attempts",
          "ready_task_runs",
          "leases",
          "due_executions",
          "pools",
          "log_chunks");

  private static final Pattern READ = Pattern.compile("actual rows=(\\d+)\\S* loops=(\\d+)");

  /** No step of a plan returns more rows: a claim reads about seventy of each priority. */
  private static final long FEW = 400;

  private final String schema = TestServer.newSchema();
  private final PostgresSettings settings =
      PostgresConnectionTest.settings(schema, Duration.ofSeconds(60));
  private final PostgresDialect dialect =
      new PostgresDialect(
          settings, PostgresErrors.ofDataSource(settings), new PostgresServer(14, false, false));

  @BeforeEach
  void fill() {
    TestServer.execute(FILL.formatted(schema));
  }

  @AfterEach
  void drop() {
    TestServer.drop(schema);
  }

  @Test
  @DisplayName("every statement reads and locks only the few rows that it needs, by an index")
  void few() throws SQLException {
    assertPlans();
    for (String table : TABLES) {
      TestServer.execute("VACUUM (ANALYZE) " + schema + "." + table);
    }
    assertPlans();
  }

  private void assertPlans() throws SQLException {
    try (Session session = new Session(TestServer.connect())) {
      dialect.beginWrite(session);
      dialect.read(session, List.of());
      assertLooking(session);
      assertDetails(session);
      dialect.rollback(session);
      dialect.beginRead(session);
      assertProgress(session);
      assertLogs(session);
      dialect.rollback(session);
    }
  }

  private void assertLooking(Session session) throws SQLException {
    Set<String> pools = Set.of("default", "gpu", "pool-7", "empty");
    ClaimRequest claim = new ClaimRequest("w", 10, Duration.ofHours(1), pools);
    for (Request request : new ClaimReads(dialect, claim).looking(20)) {
      String plan = plan(session, request.statement(), request.parameters());
      switch (request.statement()) {
        case LOCK_POOLS ->
            assertThat(plan).contains("LockRows", "pools_pkey", "ready_task_runs_in_order");
        case POOL_LEASES ->
            assertThat(plan)
                .contains("pools_pkey")
                .containsPattern(
                    "leases_by_pool .*\\R.*ROW\\(pool, expires_at\\) >= ROW\\(p.name, .*\\(pool <= p.name\\)");
        case PICK_READY ->
            assertThat(plan)
                // The locked rows are read in order without a sort, so no more rows are locked, and
                // more of them only if the first ones are locked by others.
                .containsPattern("LockRows \\(actual .*\\R.*\\R *->  Nested Loop")
                .containsPattern("LockRows \\(never executed\\)\\R *->  Nested Loop")
                .contains("executions_pkey", "execution_details_pkey", "attempts_pkey")
                .containsPattern(
                    "ready_task_runs_in_order on .*\\R.*\\(pool = l_2.pool\\) AND \\(priority ="
                        + " l_2.priority\\) AND \\(available_at >= l_2.since\\) AND \\(available_at <= ");
        case DUE ->
            assertThat(plan)
                .containsPattern(
                    "due_executions_by_time on .*\\R.*\\(due_at >= .* AND \\(due_at <= ");
        case EXPIRED ->
            assertThat(plan)
                .containsPattern(
                    "leases_by_expiry on .*\\R.*\\(expires_at >= .* AND \\(expires_at <= ");
        case NEXT ->
            assertThat(plan)
                .containsPattern(
                    "ready_task_runs_in_order on .*\\R.*\\(pool = l_1.pool\\) AND \\(priority ="
                        + " l_1.priority\\) AND \\(available_at > ")
                .containsPattern("due_executions_by_time on .*\\R.*\\(due_at > ")
                .containsPattern("leases_by_expiry on .*\\R.*\\(expires_at > ");
        default -> throw new AssertionError("no plan is expected of " + request.statement());
      }
    }
  }

  private void assertDetails(Session session) throws SQLException {
    List<UUID> ids =
        IntStream.range(0, 10)
            .mapToObj(
                i -> UUID.fromString(TestServer.text("SELECT md5('t" + i * 1_000 + "')::uuid")))
            .toList();
    Request.Parameters parameters =
        (statement, first) -> {
          dialect.bindUuids(statement, first, ids);
          return first + 1;
        };
    assertThat(plan(session, ReadStatement.LOAD_TASK_RUNS, parameters))
        .contains("task_runs_pkey", "attempts_pkey", "leases_pkey");
    assertThat(plan(session, ReadStatement.TASK_RUNS_BY_ID, parameters)).contains("task_runs_pkey");
    assertThat(plan(session, ReadStatement.ATTEMPTS_BY_ID, parameters)).contains("attempts_pkey");
    assertThat(plan(session, ReadStatement.READY_BY_ID, parameters))
        .contains("ready_task_runs_pkey");
    assertThat(plan(session, ReadStatement.OUTPUTS_BY_ID, parameters))
        .contains("task_run_outputs_pkey");
  }

  private void assertProgress(Session session) throws SQLException {
    UUID execution = UUID.fromString(TestServer.text("SELECT md5('e77')::uuid"));
    Request.Parameters parameters =
        (statement, first) -> {
          dialect.bindUuid(statement, first, execution);
          return first + 1;
        };
    assertThat(plan(session, ReadStatement.READY_OF_EXECUTION, parameters))
        .contains("task_runs_execution_id_task_id_key", "ready_task_runs_pkey");
    assertThat(plan(session, ReadStatement.OUTPUTS_OF_EXECUTION, parameters))
        .contains("task_runs_execution_id_task_id_key", "task_run_outputs_pkey");
  }

  private void assertLogs(Session session) throws SQLException {
    UUID run = UUID.fromString(TestServer.text("SELECT md5('t77')::uuid"));
    Request.Parameters log =
        (statement, first) -> {
          for (int i = 0; i < 2; i++) {
            dialect.bindUuid(statement, first + 2 * i, run);
            statement.setInt(first + 2 * i + 1, 1);
          }
          statement.setLong(first + 4, 3);
          statement.setLong(first + 5, 7);
          dialect.bindUuid(statement, first + 6, run);
          statement.setInt(first + 7, 1);
          statement.setLong(first + 8, 3);
          return first + 9;
        };
    assertThat(plan(session, ReadStatement.LOG, log)).contains("log_chunks_pkey");
    Request.Parameters attempt =
        (statement, first) -> {
          dialect.bindUuid(statement, first, run);
          statement.setInt(first + 1, 1);
          return first + 2;
        };
    assertThat(plan(session, ReadStatement.LOG_LENGTH, attempt)).contains("log_chunks_pkey");
    Request.Parameters old =
        (statement, first) -> {
          dialect.bindTime(statement, first, Instant.now());
          statement.setInt(first + 1, 10);
          return first + 2;
        };
    assertThat(plan(session, ReadStatement.EXECUTIONS_WITH_LOGS, old))
        .contains("log_chunks_by_execution", "executions_pkey");
  }

  /** The plan of a statement, which is run and must read few rows. */
  private String plan(Session session, ReadStatement statement, Request.Parameters parameters)
      throws SQLException {
    StringBuilder plan = new StringBuilder(statement + "\n");
    try (PreparedStatement explain =
        session
            .connection()
            .prepareStatement(
                "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) " + dialect.sql(statement))) {
      parameters.bind(explain, 1);
      try (ResultSet line = explain.executeQuery()) {
        while (line.next()) {
          plan.append(line.getString(1)).append('\n');
        }
      }
    }
    assertThat(plan.toString()).doesNotContain("Seq Scan");
    Matcher read = READ.matcher(plan);
    while (read.find()) {
      assertThat(Long.parseLong(read.group(1)) * Long.parseLong(read.group(2)))
          .as(plan.toString())
          .isLessThanOrEqualTo(FEW);
    }
    assertThat(plan.toString()).doesNotContainPattern("Removed by Filter: \\d{2}");
    return plan.toString();
  }
}
