package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.core.store.Claims.Due;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.StateStore;
import dev.waymark.testserver.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A claim on PostgreSQL, while other transactions write to the execution")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("NullAway.Init")
class PostgresClaimTest {
  private final String schema = TestServer.newSchema();
  private StateStore store;
  private Connection other;

  @BeforeEach
  void open() throws SQLException {
    String url = TestServer.url("ApplicationName=" + schema);
    store = PostgresStateStore.builder(url).schema(schema).build();
    Sample.saveWorkflow(store);
    other = TestServer.connect();
    other.setAutoCommit(false);
  }

  @AfterEach
  void close() throws SQLException {
    other.close();
    store.close();
    TestServer.drop(schema);
  }

  private TaskRunId ready() {
    TaskRunId run = Sample.createTaskRun(store);
    store.commit(ChangeSet.builder().readyTaskRun(run).build());
    return run;
  }

  private List<TaskRunId> claim() {
    return store.claim(ClaimRequest.of("w", 10, Duration.ofMinutes(1))).claimed().stream()
        .map(Claimed::taskRun)
        .map(run -> run.id())
        .toList();
  }

  /** Runs SQL in the other transaction, with the execution of this task run locked. */
  private void writeBeside(TaskRunId run, String... statements) throws SQLException {
    try (Statement sql = other.createStatement()) {
      sql.execute(
          "SELECT FROM %1$s.executions e JOIN %1$s.task_runs t ON t.execution_id = e.id WHERE t.id = '%2$s' FOR NO KEY UPDATE OF e"
              .formatted(schema, run));
      for (String statement : statements) {
        sql.execute(statement.formatted(schema, run));
      }
    }
  }

  private CompletableFuture<List<TaskRunId>> claimThatWaits() {
    CompletableFuture<List<TaskRunId>> claim = CompletableFuture.supplyAsync(this::claim);
    String waiting =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = '%s' AND wait_event_type = 'Lock'"
            .formatted(schema);
    while (!TestServer.text(waiting).equals("1")) {
      assertThat(claim).isNotDone();
    }
    return claim;
  }

  @Test
  @DisplayName("skips its task runs while others are ready, even younger ones")
  void passesOver() throws SQLException {
    TaskRunId older = ready();
    TaskRunId younger = ready();
    writeBeside(older);
    assertThat(claim()).containsExactly(younger);
    other.rollback();
    assertThat(claim()).containsExactly(older);
  }

  @Test
  @DisplayName("waits for the execution when nothing else is ready, instead of returning nothing")
  void waits() throws SQLException {
    TaskRunId run = ready();
    writeBeside(run);
    CompletableFuture<List<TaskRunId>> claim = claimThatWaits();
    other.rollback();
    assertThat(claim.join()).containsExactly(run);
  }

  @Test
  @DisplayName("also waits in a pool with a limit")
  void waitsInPool() throws SQLException {
    store.commit(ChangeSet.builder().setPool(ClaimRequest.DEFAULT_POOL, 1).build());
    TaskRunId run = ready();
    writeBeside(run);
    CompletableFuture<List<TaskRunId>> claim = claimThatWaits();
    other.rollback();
    assertThat(claim.join()).containsExactly(run);
  }

  @Test
  @DisplayName("sees that they have changed the task run, and removes it from the ready task runs")
  void seesWhatBecameOfTaskRun() throws SQLException {
    TaskRunId run = ready();
    writeBeside(
        run,
        "UPDATE %1$s.task_runs SET state = 'SKIPPED', version = 2, ended_at = now() WHERE id = '%2$s'");
    CompletableFuture<List<TaskRunId>> claim = claimThatWaits();
    other.commit();
    assertThat(claim.join()).isEmpty();
    assertThat(Objects.requireNonNull(store.taskRun(run)).version()).isEqualTo(2);
    assertThat(store.pools()).isEmpty();
  }

  @Test
  @DisplayName("sees that they have resumed the execution")
  void seesThatItGoesOn() throws SQLException {
    TaskRunId run = Sample.createTaskRun(store);
    var execution = Objects.requireNonNull(store.taskRun(run)).executionId();
    store.updateExecution(execution, ExecutionState.RUNNING, 1);
    store.updateExecution(execution, ExecutionState.PAUSED, 2);
    store.commit(ChangeSet.builder().readyTaskRun(run).build());
    writeBeside(
        run,
        "UPDATE %1$s.executions SET state = 'RUNNING', version = 4 WHERE id = (SELECT execution_id FROM %1$s.task_runs WHERE id = '%2$s')");
    CompletableFuture<List<TaskRunId>> claim = claimThatWaits();
    other.commit();
    assertThat(claim.join()).containsExactly(run);
  }

  @Test
  @DisplayName("starts nothing that was ready before they cancelled it, and reports it as due")
  void startsNothingThatWasReadyBeforeTheyCancelledIt() throws SQLException {
    TaskRunId run = ready();
    var execution = Objects.requireNonNull(store.taskRun(run)).executionId();
    writeBeside(
        run,
        "UPDATE %1$s.executions SET state = 'CANCELLING', version = 2 WHERE id = (SELECT execution_id FROM %1$s.task_runs WHERE id = '%2$s')");
    CompletableFuture<List<TaskRunId>> claim = claimThatWaits();
    // The claim has locked the ready row, so the cancellation cannot remove it.
    try (Statement sql = other.createStatement()) {
      assertThat(
              sql.executeUpdate(
                  "DELETE FROM %1$s.ready_task_runs WHERE task_run_id = ANY (ARRAY (SELECT task_run_id FROM %1$s.ready_task_runs FOR UPDATE SKIP LOCKED))"
                      .formatted(schema)))
          .isZero();
    }
    other.commit();
    assertThat(claim.join()).isEmpty();
    assertThat(store.pools()).isEmpty();
    assertThat(store.claim(ClaimRequest.of("w", 0, Duration.ofMinutes(1))).due())
        .containsExactly(new Due(execution, DueReason.SETTLE));
    store.commit(ChangeSet.builder().readyTaskRun(run).build());
    assertThat(claim()).containsExactly(run);
  }

  @Test
  @DisplayName("also waits for a task run that becomes ready after they cancelled it")
  void waitsForWhatIsReadyAfterTheyCancelledIt() throws SQLException {
    TaskRunId run = ready();
    var execution = Objects.requireNonNull(store.taskRun(run)).executionId();
    store.updateExecution(execution, ExecutionState.CANCELLING, 1);
    store.commit(ChangeSet.builder().readyTaskRun(run).build());
    writeBeside(run);
    CompletableFuture<List<TaskRunId>> claim = claimThatWaits();
    other.rollback();
    assertThat(claim.join()).containsExactly(run);
  }
}
