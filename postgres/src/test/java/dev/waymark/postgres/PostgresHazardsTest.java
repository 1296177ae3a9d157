package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewWorkflow;
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
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TimeZone;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

@DisplayName("Hazards of PostgreSQL")
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
  @DisplayName("14: a call to a server that does not answer fails after the socket time-out")
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
  @DisplayName("14: a commit of locked records fails with the lock time-out; others succeed")
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
  @DisplayName("15: times are read back to the microsecond, in every time zone of the program")
  void times(String zone) throws SQLException {
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
              "1999-12-31T23:59:59.999999500Z",
              "2026-03-29T01:30:00.123456Z",
              "2026-12-31T23:59:59.999999999Z",
              "9999-12-31T23:59:59.999998999Z")) {
        Instant at = Instant.parse(time);
        clock.set(at);
        assertComesBack(there, Sample.createExecution(there), at);
      }
    } finally {
      TimeZone.setDefault(before);
    }
  }

  /**
   * The time truncated to microseconds, which is also in the database. It must not be rounded up.
   */
  private void assertComesBack(StateStore there, ExecutionId id, Instant at) throws SQLException {
    Instant cut = at.truncatedTo(ChronoUnit.MICROS);
    for (int i = 0; i < 8; i++) { // the driver changes the format after some executions
      assertThat(there.execution(id).createdAt()).isEqualTo(cut);
    }
    assertThat(
            TestServer.text(
                other,
                "SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') FROM executions WHERE id = '"
                    + id
                    + "'"))
        .isEqualTo(
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS")
                .format(cut.atOffset(ZoneOffset.UTC)));
    long since = there.executions(ExecutionQuery.builder().since(at).build()).total();
    assertThat(since).as("since " + at).isEqualTo(at.equals(cut) ? 1 : 0);
    assertThat(there.executions(ExecutionQuery.builder().since(cut).build()).total()).isEqualTo(1);
    assertThat(
            there
                .executions(ExecutionQuery.builder().since(cut).until(cut.plusNanos(500)).build())
                .total())
        .isEqualTo(1);
  }

  @Test
  @DisplayName("16: text is read back unchanged, and no column is jsonb, which changes it")
  void text() throws SQLException {
    String text = "{\"b\": 1,   \"a\" : \"\\u0000 \\u00e9 é\", \"b\":1.00}\r\n\t ";
    WorkflowId id = new WorkflowId("text");
    store.saveWorkflow(new NewWorkflow(id, text));
    ExecutionId execution = Sample.IDS.executionId();
    store.createExecution(
        new NewExecution(
            execution, id, null, Map.of("label", text.strip()), Map.of("b", text, "a", "")));
    store.updateExecution(execution, ExecutionState.CANCELLING, 1);
    store.commit(
        ChangeSet.builder()
            .add(new Change.UpdateExecution(execution, ExecutionState.CANCELLED, 2L, text))
            .build());
    assertThat(store.workflow(id).definition()).isEqualTo(text);
    assertThat(store.execution(execution).labels()).containsOnly(entry("label", text.strip()));
    assertThat(store.execution(execution).inputs()).containsOnly(entry("b", text), entry("a", ""));
    assertThat(store.execution(execution).error()).isEqualTo(text);
    assertThat(
            TestServer.text(
                other,
                "SELECT string_agg(DISTINCT data_type, ', ' ORDER BY data_type) FROM information_schema.columns WHERE table_schema = '"
                    + schema
                    + "'"))
        .isEqualTo(
            "bigint, boolean, bytea, integer, smallint, text, timestamp with time zone, uuid");
  }

  @Test
  @DisplayName("18: pages of frequently updated tables have free space and are vacuumed early")
  void storage() throws SQLException {
    assertThat(
            TestServer.text(
                other,
                """
                SELECT string_agg(relname || ': ' || array_to_string(reloptions, ', '), E'\\n' ORDER BY relname)
                FROM pg_class WHERE relnamespace = '%s'::regnamespace AND relkind = 'r' AND reloptions IS NOT NULL"""
                    .formatted(schema)))
        .isEqualTo(
            """
            attempts: fillfactor=70, autovacuum_vacuum_scale_factor=0.02, autovacuum_analyze_scale_factor=0.02
            due_executions: autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=1000, autovacuum_vacuum_cost_delay=0
            execution_counts: fillfactor=50, autovacuum_vacuum_scale_factor=0.02, autovacuum_analyze_scale_factor=0.02
            executions: fillfactor=70, autovacuum_vacuum_scale_factor=0.02, autovacuum_analyze_scale_factor=0.02
            leases: autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=1000, autovacuum_vacuum_cost_delay=0
            ready_task_runs: autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=1000, autovacuum_vacuum_cost_delay=0
            task_runs: fillfactor=50, autovacuum_vacuum_scale_factor=0.02, autovacuum_analyze_scale_factor=0.02
            workers: fillfactor=50, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=1000, autovacuum_vacuum_cost_delay=0
            workflows: fillfactor=80""");
  }

  @Test
  @DisplayName(
      "18: frequently updated columns are narrow and not indexed, except the state and end of"
          + " executions")
  void hotColumns() throws SQLException {
    assertThat(
            TestServer.text(
                other,
                """
                SELECT string_agg(c.relname || '.' || a.attname, ', ' ORDER BY c.relname, a.attname)
                FROM (SELECT DISTINCT indrelid, unnest(indkey) AS attnum FROM pg_index) i
                JOIN pg_class c ON c.oid = i.indrelid AND c.relnamespace = '%s'::regnamespace
                JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.attnum
                WHERE c.relname IN ('executions', 'task_runs', 'attempts', 'workflows')"""
                    .formatted(schema)))
        .isEqualTo(
            "attempts.number, attempts.task_run_id, executions.created_at, executions.ended_at, executions.id, executions.parent_id, executions.state, executions.workflow_id, task_runs.execution_id, task_runs.failed, task_runs.id, task_runs.task_id, workflows.id");
    assertThat(
            TestServer.text(
                other,
                "SELECT string_agg(column_name, ', ') FROM information_schema.columns WHERE table_schema = '"
                    + schema
                    + "' AND table_name IN ('task_runs', 'executions') AND column_name IN ('labels', 'inputs', 'definition')"))
        .as("wide columns that never change")
        .isNull();
  }

  @Test
  @DisplayName(
      "18: every move of a task run or an attempt stays on its page (HOT), except failures")
  void hotUpdates() throws SQLException {
    try (StateStore worker = open()) {
      TaskRunId run = Sample.createTaskRun(worker);
      worker.updateTaskRun(run, TaskRunState.RUNNING, 1);
      for (int number = 1; number <= 10; number++) {
        worker.recordAttempt(run, "w");
        worker.updateAttempt(new AttemptId(run, number), AttemptState.SUCCEEDED, 0);
      }
    }
    assertAllHot("task_runs", 1 + 10);
    assertAllHot("attempts", 10);
  }

  /** The server counts the updates of a session when it has ended. */
  private void assertAllHot(String table, int updates) throws SQLException {
    String counted =
        "SELECT n_tup_upd || ' of which hot ' || n_tup_hot_upd FROM pg_stat_user_tables WHERE relid = '"
            + table
            + "'::regclass";
    String found = TestServer.text(other, counted);
    while (!found.startsWith(updates + " ")) {
      found = TestServer.text(other, counted);
    }
    assertThat(found).isEqualTo(updates + " of which hot " + updates);
  }

  @Test
  @DisplayName("19: lists contain locked records, wait for no lock and take no lock")
  void listsLockNothing() throws SQLException {
    TaskRunId run = Sample.createTaskRun(store);
    store.updateTaskRun(run, TaskRunState.RUNNING, 1);
    store.recordAttempt(run, "w");
    ExecutionId id = store.taskRun(run).executionId();
    other.setAutoCommit(false);
    for (String table :
        List.of(
            "workflows", "workflow_revisions", "executions", "task_runs", "attempts", "history")) {
      sql.execute("SELECT FROM " + table + " FOR UPDATE");
    }
    PageRequest page = PageRequest.first(10);
    assertThat(store.executions(ExecutionQuery.all()).total()).isEqualTo(1);
    assertThat(store.executions(ExecutionQuery.all()).items()).hasSize(1);
    assertThat(store.workflows(page).items()).hasSize(1);
    assertThat(store.workflowHistory(Sample.WORKFLOW, page).items()).hasSize(1);
    assertThat(store.taskRuns(id)).hasSize(1);
    assertThat(store.attempts(run)).hasSize(1);
    assertThat(store.history(id, page).items()).hasSize(4);
    assertThat(store.executionDetails(id).taskRuns()).hasSize(1);
    assertThat(store.idsStartingWith(RecordKind.TASK_RUN, run.toString(), 10)).hasSize(1);
    other.rollback();
  }

  @Test
  @DisplayName("the largest label fits the index and is found")
  void greatestLabel() {
    Limits limits = Limits.builder().maxLabelValueBytes(2_048).build();
    byte[] bytes = new byte[1_536];
    new Random(1).nextBytes(bytes);
    String value = Base64.getEncoder().encodeToString(bytes); // of which nothing can be compressed
    String name = "n".repeat(63);
    ExecutionId id = Sample.IDS.executionId();
    try (StateStore each =
        PostgresStateStore.builder(TestServer.url()).schema(schema).limits(limits).build()) {
      each.createExecution(
          new NewExecution(id, Sample.WORKFLOW, null, Map.of(name, value), Map.of()));
      ExecutionQuery query = ExecutionQuery.builder().label(name, value).build();
      assertThat(each.executions(query).items()).extracting(Execution::id).containsExactly(id);
    }
  }

  @Test
  @DisplayName("a commit waits for the disk even if the database is configured not to")
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
