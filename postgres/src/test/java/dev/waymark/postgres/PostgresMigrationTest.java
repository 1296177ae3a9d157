package dev.waymark.postgres;

import static dev.waymark.core.model.ExecutionState.CANCELLING;
import static dev.waymark.core.model.ExecutionState.PENDING;
import static dev.waymark.core.model.ExecutionState.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.SchemaMismatchException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Invariants;
import dev.waymark.testkit.ManualClock;
import dev.waymark.testkit.StoreContents;
import dev.waymark.testkit.WhatIsDue;
import dev.waymark.testkit.model.Comparison;
import dev.waymark.testserver.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A PostgreSQL schema of an earlier version")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PostgresMigrationTest {
  private static String source = "";
  private static StoreContents contents =
      new StoreContents(List.of(), List.of(), Map.of(), Map.of(), Map.of());
  private final String schema = TestServer.newName();

  /** Workflows, executions in all states with labels and history, at the edges of time. */
  @BeforeAll
  static void fill() {
    source = TestServer.newSchema();
    ManualClock clock = new ManualClock(Instant.EPOCH);
    try (StateStore store = builder(source).clock(clock).limits(Comparison.limits()).build()) {
      new Comparison(clock, Map.of("the source", store), "run this test again").run(1, 900);
      // No earlier version has task runs that wait.
      for (TaskRun run : StoreContents.of(store).taskRunsIn(TaskRunState.WAITING)) {
        store.updateTaskRun(run.id(), TaskRunState.CANCELLED, run.version());
      }
      contents = StoreContents.of(store).withoutPayloads();
    }
  }

  @AfterAll
  static void dropSource() {
    TestServer.drop(source);
  }

  @BeforeEach
  void copy() {
    EarlierVersion.copy(1, source, schema);
  }

  @AfterEach
  void drop() {
    TestServer.drop(schema);
  }

  private static PostgresStateStore.Builder builder(String schema) {
    return PostgresStateStore.builder(TestServer.url()).schema(schema);
  }

  private String version() {
    return TestServer.text("SELECT version FROM " + schema + ".waymark_version");
  }

  private void assertMigrated() throws SQLException {
    Counts.check(schema);
    Standings.check(schema);
    try (StateStore store = builder(schema).build()) {
      assertThat(StoreContents.of(store).withoutPayloads()).isEqualTo(contents);
      assertThat(Invariants.violations(store)).isEmpty();
    }
  }

  @Test
  @DisplayName("gives the same answers and correct totals after it is opened, and accepts writes")
  void answersAsBefore() throws SQLException {
    assertThat(contents.executions()).hasSizeGreaterThan(30);
    builder(schema).build().close();
    assertMigrated();
    try (StateStore store = builder(schema).build()) {
      Sample.saveWorkflow(store);
      ExecutionId id = Sample.IDS.executionId();
      Map<String, String> labels = Map.of("since", "migration");
      store.createExecution(new NewExecution(id, Sample.WORKFLOW, null, labels, Map.of()));
      store.updateExecution(id, ExecutionState.RUNNING, 1);
      assertThat(store.executions(ExecutionQuery.builder().label("since", "migration").build()))
          .satisfies(page -> assertThat(page.total()).isEqualTo(1))
          .satisfies(page -> assertThat(page.items()).containsExactly(store.execution(id)));
    }
    Counts.check(schema);
  }

  @ParameterizedTest(name = "(version {0})")
  @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
  @DisplayName("gives the same answers when it is of a later version than the first")
  void laterVersions(int version) throws SQLException {
    TestServer.drop(schema);
    EarlierVersion.copy(version, source, schema);
    builder(schema).build().close();
    assertMigrated();
  }

  @Test
  @DisplayName("whose history is out of order because its sequence was reset is put in order")
  void historyOutOfOrder() throws SQLException {
    TestServer.drop(schema);
    EarlierVersion.copy(4, source, schema);
    // As after logical replication with a switch-over: later rows have smaller ids.
    TestServer.execute(
        """
        ALTER TABLE %1$s.history ALTER COLUMN id DROP IDENTITY;
        UPDATE %1$s.history h SET id = h.id - 1000000
        FROM (SELECT execution_id, id, row_number() OVER (PARTITION BY execution_id ORDER BY id) AS nth FROM %1$s.history) n
        WHERE n.execution_id = h.execution_id AND n.id = h.id AND n.nth > 1"""
            .formatted(schema));
    builder(schema).build().close();
    assertMigrated();
  }

  @Test
  @DisplayName(
      "marks executions that were running as due, because none of their task runs is ready")
  void begunIsDue() {
    try (StateStore store = builder(schema).build()) {
      assertThat(WhatIsDue.take(store))
          .containsExactlyInAnyOrderElementsOf(contents.idsIn(PENDING, RUNNING, CANCELLING));
    }
  }

  @Test
  @DisplayName("is migrated once by threads that open it at the same moment, and all succeed")
  void threadsAtOnce() throws Exception {
    List<Callable<StateStore>> calls = Collections.nCopies(6, () -> builder(schema).build());
    Sample.together(calls).forEach(StateStore::close);
    assertMigrated();
  }

  @Test
  @DisplayName("opens when another process migrates it between two statements of the opening")
  void migratedMeanwhile() throws SQLException {
    AtomicInteger migrations = new AtomicInteger();
    BeforeStatement source =
        new BeforeStatement(
            TestServer.url(),
            "FROM \"" + schema + "\".waymark_version",
            () -> {
              builder(schema).build().close();
              migrations.incrementAndGet();
            });
    PostgresStateStore.builder(source).schema(schema).build().close();
    assertThat(migrations).hasValue(1);
    assertMigrated();
  }

  @Test
  @DisplayName("counts what a process of version 1 commits during the migration")
  void writerAtWork() throws Exception {
    try (Connection writer = TestServer.connect();
        Statement sql = writer.createStatement()) {
      writer.setAutoCommit(false);
      sql.execute("SET search_path TO " + schema);
      sql.execute("INSERT INTO workflows VALUES ('late', 1, 'h')");
      sql.execute("INSERT INTO workflow_revisions VALUES ('late', 1, 'h', NULL, '{}', now(), '')");
      sql.execute(
          "INSERT INTO executions VALUES (gen_random_uuid(), 'late', 1, 'PENDING', 1, 'h', now())");
      CompletableFuture<StateStore> opening =
          CompletableFuture.supplyAsync(() -> builder(schema).build());
      awaitWaiting(
          opening,
          "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = '%s.executions'::regclass"
              .formatted(schema));
      writer.commit();
      try (StateStore store = opening.get(60, TimeUnit.SECONDS)) {
        assertThat(store.executions(ExecutionQuery.all()).total())
            .isEqualTo(contents.executions().size() + 1);
      }
    }
    Counts.check(schema);
  }

  @Test
  @DisplayName("is unchanged after a failed statement of the migration, and can be migrated later")
  void failedStatement() throws SQLException {
    // Near the end: a relation with this name exists already.
    TestServer.execute(
        "CREATE FUNCTION " + schema + ".count_no_executions() RETURNS integer RETURN 1");
    assertThatThrownBy(() -> builder(schema).build())
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("count_no_executions");
    assertThat(version()).isEqualTo("1");
    assertThat(TestServer.text("SELECT to_regclass('" + schema + ".execution_counts')")).isNull();
    TestServer.execute("DROP FUNCTION " + schema + ".count_no_executions()");
    builder(schema).build().close();
    assertMigrated();
  }

  @Test
  @DisplayName("is unchanged when the session that migrates ends, and the opening tries again")
  void endedSession() throws Exception {
    try (Connection other = TestServer.connect();
        Statement sql = other.createStatement()) {
      other.setAutoCommit(false);
      // Conflicts with the very last statement.
      sql.execute("SELECT FROM " + schema + ".waymark_version FOR UPDATE");
      CompletableFuture<StateStore> opening =
          CompletableFuture.supplyAsync(
              () -> builder(schema).retryTimeout(Duration.ofSeconds(60)).build());
      String waiting =
          "FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~ '^\\s*UPDATE"
              + " waymark_version'";
      awaitWaiting(opening, "SELECT count(*) " + waiting);
      TestServer.execute("SELECT pg_terminate_backend(pid) " + waiting);
      assertThat(version()).isEqualTo("1");
      other.rollback();
      opening.get(90, TimeUnit.SECONDS).close();
    }
    assertMigrated();
  }

  @Test
  @DisplayName("keeps the history that Flyway began, and appends to it")
  void historyOfFlyway() {
    String history =
        "SELECT string_agg(version || ' ' || script || ' ' || checksum || ' ' || success, E'\\n"
            + "' ORDER BY installed_rank) FROM %s.waymark_schema_history WHERE type = 'SQL'";
    builder(schema).build().close();
    String newest = TestServer.newName();
    try {
      EarlierVersion.make(Integer.parseInt(version()), newest);
      assertThat(TestServer.text(history.formatted(schema)))
          .as("as Flyway would have written it")
          .isEqualTo(TestServer.text(history.formatted(newest)));
      builder(newest).build().close();
    } finally {
      TestServer.drop(newest);
    }
  }

  @Test
  @DisplayName("created by another script is refused and stays unchanged")
  void otherScript() {
    TestServer.execute(
        "UPDATE " + schema + ".waymark_schema_history SET checksum = 7 WHERE version = '1'");
    assertThatThrownBy(() -> builder(schema).build())
        .isInstanceOf(SchemaMismatchException.class)
        .hasMessageContaining("(schema " + schema + ")")
        .hasMessageContaining("made by another V1__state_store.sql")
        .hasMessageContaining("checksum 7, expected ")
        .hasMessageContaining("nothing was changed");
    assertThat(version()).isEqualTo("1");
  }

  private void awaitWaiting(CompletableFuture<StateStore> opening, String count) {
    while (TestServer.text(count).equals("0")) {
      assertThat(opening).isNotDone();
    }
  }
}
