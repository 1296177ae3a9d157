package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.StateStore;
import dev.waymark.testserver.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Concurrent writers on PostgreSQL")
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PostgresCollisionTest {
  /** The number of collisions; raise it with -Dwaymark.test.collisions=… for a test of hours. */
  private static final int ROUNDS = Integer.getInteger("waymark.test.collisions", 40);

  private final String schema = TestServer.newSchema();
  private final StateStore store = open();
  private Connection other;
  private Statement sql;

  @BeforeEach
  void connect() throws SQLException {
    other = TestServer.connect();
    sql = other.createStatement();
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
  @DisplayName("12: the store retries after a deadlock with another program")
  void deadlock() throws Exception {
    List<ExecutionId> ids =
        Stream.generate(() -> Sample.createExecution(store))
            .limit(3)
            .sorted(Comparator.comparing(ExecutionId::toString))
            .toList();
    long before = deadlocks();
    try (Connection gate = TestServer.connect();
        StateStore victim =
            PostgresStateStore.builder(TestServer.url())
                .schema(schema)
                .property("options", "-c deadlock_timeout=10ms")
                .build()) {
      // Only the store checks for deadlocks, and only after the deadlock exists: it waits last.
      sql.execute("SET deadlock_timeout = '1h'");
      lock(gate, ids.get(1));
      lock(other, ids.get(2));
      CompletableFuture<CommitResult> all =
          CompletableFuture.supplyAsync(() -> victim.commit(startAll(ids)));
      Sample.awaitLockWaiters(schema, 1);
      CompletableFuture<Void> first = CompletableFuture.runAsync(() -> lock(other, ids.get(0)));
      Sample.awaitLockWaiters(schema, 2);
      gate.rollback();
      first.get(30, TimeUnit.SECONDS);
      other.commit();
      assertThat(all.get(30, TimeUnit.SECONDS).outcomes())
          .extracting(Outcome::version)
          .containsExactly(2L, 2L, 2L);
    }
    while (deadlocks() == before) { // it is counted when the session has ended
      Thread.onSpinWait();
    }
  }

  private static long deadlocks() {
    return Long.parseLong(
        TestServer.text(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"));
  }

  private void lock(Connection connection, ExecutionId id) {
    try (Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("SELECT FROM " + schema + ".executions WHERE id = '" + id + "' FOR UPDATE");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ChangeSet startAll(List<ExecutionId> ids) {
    ChangeSet.Builder changes = ChangeSet.builder();
    ids.forEach(id -> changes.updateExecution(id, ExecutionState.RUNNING));
    return changes.build();
  }

  @Test
  @DisplayName("12: stores that create the same execution at the same moment create it once")
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
  @DisplayName(
      "12: stores that save the same workflow at the same moment create every revision once")
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
                .updateExecution(id, ExecutionState.PAUSED, version)
                .updateExecution(id, ExecutionState.RUNNING, version + 1)
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
  @DisplayName("13: writers that lock the same records in opposite order never deadlock")
  void oppositeOrder() throws Exception {
    String database = TestServer.newDatabase(); // where nobody else's deadlocks are counted
    try {
      changeInOppositeOrder(TestServer.urlOf(database));
      assertThat(ended(database)).isEqualTo("0 deadlocks");
    } finally {
      TestServer.execute("DROP DATABASE " + database + " WITH (FORCE)");
    }
  }

  private static void changeInOppositeOrder(String url) throws Exception {
    try (StateStore one = PostgresStateStore.builder(url).build();
        StateStore two = PostgresStateStore.builder(url).build()) {
      Sample.saveWorkflow(one);
      List<TaskRun> runs =
          Stream.generate(() -> one.taskRun(Sample.createTaskRun(one))).limit(6).toList();
      one.commit(startAll(runs.stream().map(TaskRun::executionId).toList()));
      List<TaskRun> backwards = new ArrayList<>(runs);
      Collections.reverse(backwards);
      Sample.together(
          List.of(
              () -> changeAll(one, runs, "a"),
              () -> changeAll(one, backwards, "b"),
              () -> changeAll(two, runs, "c"),
              () -> changeAll(two, backwards, "d")));
      for (TaskRun run : runs) {
        assertThat(one.execution(run.executionId()).version()).isEqualTo(2 + 8L * ROUNDS);
      }
    }
  }

  /** Pauses and resumes every execution, and saves workflows, in this order. */
  private static Void changeAll(StateStore store, List<TaskRun> runs, String thread) {
    for (int round = 0; round < ROUNDS; round++) {
      ChangeSet.Builder changes = ChangeSet.builder();
      for (TaskRun run : runs) {
        changes.saveWorkflow(new NewWorkflow(new WorkflowId("w-" + run.id()), thread + round));
        changes.updateExecution(run.executionId(), ExecutionState.PAUSED);
        changes.updateExecution(run.executionId(), ExecutionState.RUNNING);
      }
      store.commit(changes.build());
    }
    return null;
  }

  /** The number of deadlocks of a database, after all its sessions have ended and were counted. */
  static String ended(String database) {
    String sessions = "SELECT count(*) FROM pg_stat_activity WHERE datname = '" + database + "'";
    while (!TestServer.text(sessions).equals("0")) {
      Thread.onSpinWait();
    }
    return TestServer.text(
        "SELECT deadlocks || ' deadlocks' FROM pg_stat_database WHERE datname = '"
            + database
            + "'");
  }
}
