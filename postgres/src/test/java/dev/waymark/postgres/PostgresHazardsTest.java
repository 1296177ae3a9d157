package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.ExecutionQuery;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.PageRequest;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.ManualClock;
import dev.waymark.testserver.TestServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TimeZone;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

@DisplayName("What bites on PostgreSQL")
class PostgresHazardsTest {
  private final String schema = TestServer.newSchema();
  private final StateStore store = open();
  private Connection other;
  private Statement sql;

  @BeforeEach
  void connect() throws SQLException {
    other = TestServer.connect();
    sql = other.createStatement();
    sql.execute("SET search_path TO " + schema);
    Sample.saveWorkflow(store);
  }

  @AfterEach
  void clear() throws SQLException {
    other.close();
    store.close();
    TestServer.drop(schema);
  }

  private StateStore open() {
    return PostgresStateStore.builder(TestServer.url()).schema(schema).build();
  }

  @Test
  @DisplayName("12: a deadlock with another program is survived by trying again")
  void deadlock() throws Exception {
    ExecutionId one = Sample.createExecution(store);
    ExecutionId two = Sample.createExecution(store);
    other.setAutoCommit(false);
    sql.execute("SELECT FROM executions WHERE id = '" + two + "' FOR UPDATE");
    CompletableFuture<CommitResult> both =
        CompletableFuture.supplyAsync(
            () ->
                store.commit(
                    ChangeSet.builder()
                        .updateExecution(two, ExecutionState.RUNNING)
                        .updateExecution(one, ExecutionState.RUNNING)
                        .build()));
    Sample.awaitLockWaiters(schema, 1);
    // The store waits for `two` and holds `one`: ids are locked in order. Whoever waits first finds
    // the deadlock first, and that is the store.
    sql.execute("SELECT FROM executions WHERE id = '" + one + "' FOR UPDATE");
    other.commit();
    assertThat(both.get(30, TimeUnit.SECONDS).outcomes())
        .extracting(Outcome::version)
        .containsExactly(2L, 2L);
    assertThat(
            TestServer.text(
                "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))
        .isNotNull();
  }

  @Test
  @DisplayName("12: stores that create the same execution at the same moment make one")
  void sameIds() throws Exception {
    List<StateStore> stores = List.of(open(), open(), open(), open());
    try {
      for (int round = 0; round < 30; round++) {
        NewExecution request = new NewExecution(Sample.IDS.executionId(), Sample.WORKFLOW);
        List<Callable<Boolean>> calls = new ArrayList<>();
        stores.forEach(each -> calls.add(() -> each.createExecution(request).changed()));
        assertThat(Sample.together(calls)).containsOnlyOnce(true);
      }
    } finally {
      stores.forEach(StateStore::close);
    }
  }

  @Test
  @DisplayName("12: stores that save the same workflow at the same moment make every revision once")
  void sameWorkflow() throws Exception {
    List<StateStore> stores = List.of(open(), open(), open(), open());
    try {
      List<Callable<Integer>> calls = new ArrayList<>();
      for (int i = 0; i < stores.size(); i++) {
        int number = i;
        calls.add(
            () -> {
              for (int k = 0; k < 20; k++) {
                stores.get(number).saveWorkflow(new NewWorkflow(Sample.WORKFLOW, number + "/" + k));
              }
              return number;
            });
      }
      Sample.together(calls);
      assertThat(store.workflowHistory(Sample.WORKFLOW, PageRequest.first(1_000)).total())
          .isEqualTo(1 + 4 * 20);
    } finally {
      stores.forEach(StateStore::close);
    }
  }

  @Test
  @DisplayName("12: the same change set from several stores at the same moment is applied once")
  void sameCommit() throws Exception {
    List<StateStore> stores = List.of(open(), open(), open(), open());
    ExecutionId id = Sample.createExecution(store);
    try {
      for (long version = 1; version < 40; version += 2) {
        ChangeSet changes =
            ChangeSet.builder()
                .updateExecution(id, ExecutionState.PAUSED, version, null)
                .updateExecution(id, ExecutionState.RUNNING, version + 1, null)
                .build();
        List<Callable<CommitResult>> calls = new ArrayList<>();
        stores.forEach(each -> calls.add(() -> each.commit(changes)));
        List<CommitResult> answers = Sample.together(calls);
        assertThat(answers).containsOnly(answers.get(0));
      }
    } finally {
      stores.forEach(StateStore::close);
    }
  }

  @Test
  @DisplayName("13: writers of one execution in several processes wait for each other")
  void oneExecution() throws Exception {
    List<StateStore> stores = List.of(open(), open(), open());
    TaskRunId run = Sample.createTaskRun(store);
    store.updateTaskRun(run, TaskRunState.RUNNING, 1);
    try {
      List<Callable<Integer>> calls = new ArrayList<>();
      for (StateStore each : stores) {
        calls.add(
            () -> {
              for (int i = 0; i < 20; i++) {
                each.commit(
                    ChangeSet.builder()
                        .updateTaskRun(run, TaskRunState.RETRYING)
                        .updateTaskRun(run, TaskRunState.RUNNING)
                        .build());
              }
              return 20;
            });
      }
      Sample.together(calls);
      assertThat(store.taskRun(run)).isNotNull();
      assertThat(store.taskRun(run).version()).isEqualTo(2 + 2 * 60);
    } finally {
      stores.forEach(StateStore::close);
    }
  }

  @Test
  @DisplayName("14: a server that no longer answers is given up after the socket time-out")
  void silentServer() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String url =
          TestServer.urlAt(
              "localhost",
              silent.getLocalPort(),
              "socketTimeout=1&connectTimeout=1&loginTimeout=1");
      assertThatThrownBy(() -> PostgresStateStore.builder(url).schema(schema).build())
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("localhost:" + silent.getLocalPort());
    }
  }

  @Test
  @DisplayName(
      "14: records that stay locked are reported with the time-out; neighbours get through")
  void lockTimeout() throws Exception {
    ExecutionId locked = Sample.createExecution(store);
    other.setAutoCommit(false);
    sql.execute("SELECT FROM executions WHERE id = '" + locked + "' FOR UPDATE");
    try (StateStore hasty =
        PostgresStateStore.builder(TestServer.url())
            .schema(schema)
            .lockTimeout(Duration.ofMillis(200))
            .build()) {
      List<Callable<Object>> calls = new ArrayList<>();
      calls.add(
          () ->
              assertThatThrownBy(() -> hasty.updateExecution(locked, ExecutionState.RUNNING, 1))
                  .isInstanceOf(StoreUnavailableException.class)
                  .hasMessageContaining("lock time-out of 200ms")
                  .hasMessageContaining("nothing was stored"));
      for (int i = 0; i < 6; i++) {
        calls.add(() -> Sample.createExecution(hasty));
      }
      Sample.together(calls);
      other.rollback();
      assertThat(hasty.updateExecution(locked, ExecutionState.RUNNING, 1).version()).isEqualTo(2);
    }
    assertThat(store.executions(ExecutionQuery.all()).total()).isEqualTo(7);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Europe/Amsterdam", "Asia/Kolkata", "America/St_Johns"})
  @DisplayName("15: times come back to the microsecond, whatever zone the program is in")
  void times(String zone) {
    TimeZone before = TimeZone.getDefault();
    TimeZone.setDefault(TimeZone.getTimeZone(zone));
    ManualClock clock = new ManualClock(Instant.EPOCH);
    try (StateStore there =
        PostgresStateStore.builder(TestServer.url()).schema(schema).clock(clock).build()) {
      for (String time :
          List.of(
              "0001-01-01T00:00:00Z",
              "1582-10-10T00:00:00.000001Z",
              "1883-11-18T12:03:58.999999Z",
              "1969-12-31T23:59:59.999999Z",
              "2026-03-29T01:30:00.123456Z",
              "9999-12-31T23:59:59.999999Z")) {
        Instant at = Instant.parse(time);
        clock.set(at);
        ExecutionId id = Sample.createExecution(there);
        for (int i = 0; i < 8; i++) { // the driver changes the format after some executions
          assertThat(there.execution(id).createdAt()).isEqualTo(at);
        }
        assertThat(there.executions(ExecutionQuery.builder().since(at).build()).items()).hasSize(1);
      }
    } finally {
      TimeZone.setDefault(before);
    }
  }

  @Test
  @DisplayName("16: nothing is kept as jsonb, which changes what it is given")
  void noJsonb() throws SQLException {
    assertThat(
            TestServer.text(
                other,
                "SELECT count(*) FROM information_schema.columns WHERE table_schema = '"
                    + schema
                    + "' AND data_type IN ('json', 'jsonb')"))
        .isEqualTo("0");
  }

  @Test
  @DisplayName("17: prepared statements survive a migration that adds columns")
  void cachedPlans() throws SQLException {
    useEverything(store, 8);
    for (String table :
        List.of(
            "workflows", "workflow_revisions", "executions", "execution_details", "task_runs")) {
      sql.execute("ALTER TABLE " + table + " ADD COLUMN added_later text");
    }
    for (String table : List.of("attempts", "history", "commits")) {
      sql.execute("ALTER TABLE " + table + " ADD COLUMN added_later text");
    }
    useEverything(store, 8);
  }

  private static void useEverything(StateStore store, int times) {
    for (int i = 0; i < times; i++) {
      Sample.saveWorkflow(store);
      TaskRunId run = Sample.createTaskRun(store);
      store.updateTaskRun(run, TaskRunState.RUNNING, 1);
      store.recordAttempt(run, "w");
      ExecutionId execution = store.taskRun(run).executionId();
      assertThat(store.executionDetails(execution).taskRuns()).hasSize(1);
      store.executions(ExecutionQuery.builder().states(ExecutionState.PENDING).build());
      store.workflows(PageRequest.first(10));
    }
  }

  @Test
  @DisplayName("17: no state of a session is needed, nor left: every transaction may have another")
  void noSessionState() throws Exception {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(TestServer.url("prepareThreshold=0"));
    try (StateStore each = PostgresStateStore.builder(source).schema(schema).build()) {
      useEverything(each, 3);
    }
    String left =
        "SELECT current_setting('statement_timeout') || current_setting('lock_timeout') || current_setting('search_path')";
    try (StateStore one =
        PostgresStateStore.builder(new OneSession(other)).schema(schema).build()) {
      String before = TestServer.text(other, left);
      useEverything(one, 1);
      assertThat(TestServer.text(other, left)).isEqualTo(before);
    }
  }

  @Test
  @DisplayName("18: moves of task runs and attempts stay on their page, outside of every index")
  void hotUpdates() throws SQLException {
    TaskRunId run = Sample.createTaskRun(store);
    store.updateTaskRun(run, TaskRunState.RUNNING, 1);
    store.recordAttempt(run, "w");
    other.setAutoCommit(false);
    sql.execute("UPDATE task_runs SET state = 'RETRYING', version = 3 WHERE id = '" + run + "'");
    sql.execute("UPDATE attempts SET state = 'FAILED', ended_at = now(), error = 'no'");
    for (String table : List.of("task_runs", "attempts")) {
      assertThat(
              TestServer.text(
                  other, "SELECT pg_stat_get_xact_tuples_hot_updated('" + table + "'::regclass)"))
          .as(table)
          .isEqualTo("1");
      assertThat(
              TestServer.text(
                  other,
                  "SELECT array_to_string(reloptions, ',') FROM pg_class WHERE oid = '"
                      + table
                      + "'::regclass"))
          .contains("fillfactor", "autovacuum_vacuum_scale_factor");
    }
    other.rollback();
  }

  @Test
  @DisplayName("19: a list shows records that somebody has locked, and locks none")
  void listsLockNothing() throws SQLException {
    ExecutionId id = Sample.createExecution(store);
    other.setAutoCommit(false);
    sql.execute("SELECT FROM executions FOR UPDATE");
    assertThat(store.executions(ExecutionQuery.all()).total()).isEqualTo(1);
    assertThat(store.executions(ExecutionQuery.all()).items()).hasSize(1);
    assertThat(store.executionDetails(id)).isNotNull();
    other.rollback();
  }

  @Test
  @DisplayName("a commit waits for the disk even where the database is set not to")
  void synchronousCommit() throws Exception {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(TestServer.url());
    source.setOptions("-c synchronous_commit=off");
    sql.execute(
        """
        CREATE TABLE seen (value text);
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN INSERT INTO %1$s.seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;
        CREATE TRIGGER note AFTER INSERT ON commits EXECUTE FUNCTION note()"""
            .formatted(schema));
    try (StateStore careless = PostgresStateStore.builder(source).schema(schema).build()) {
      Sample.createExecution(careless);
    }
    assertThat(TestServer.text(other, "SELECT value FROM seen")).isEqualTo("on");
  }
}
