package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.StateStore;
import dev.waymark.testserver.TestServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A task run that becomes ready again on PostgreSQL, while a claim has it locked")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("NullAway.Init")
class PostgresReadyTest {
  private static final Duration LONG = Duration.ofHours(1);

  private final String database = TestServer.newDatabase();
  private StateStore store;
  private Connection claim;

  @BeforeEach
  void open() throws SQLException {
    store = PostgresStateStore.builder(TestServer.urlOf(database)).build();
    Sample.saveWorkflow(store);
    claim = DriverManager.getConnection(TestServer.urlOf(database));
    claim.setAutoCommit(false);
  }

  @AfterEach
  void close() throws SQLException {
    claim.close();
    store.close();
    assertThat(PostgresCollisionTest.ended(database)).isEqualTo("0 deadlocks");
    TestServer.execute("DROP DATABASE " + database + " WITH (FORCE)");
  }

  private void claims(String sql, TaskRunId run) throws SQLException {
    try (Statement statement = claim.createStatement()) {
      statement.execute(sql.formatted(run));
    }
  }

  private CompletableFuture<Outcome> readyLater(TaskRunId run) {
    ChangeSet changes =
        ChangeSet.builder().readyTaskRun(run, ClaimRequest.DEFAULT_POOL, 0, LONG).build();
    return CompletableFuture.supplyAsync(() -> store.commit(changes).outcomes().get(0));
  }

  /** Every transaction that lets the claim go first is rolled back. */
  private void awaitRollbacks() {
    String rollbacks =
        "SELECT xact_rollback FROM pg_stat_database WHERE datname = '" + database + "'";
    long before = Long.parseLong(TestServer.text(rollbacks));
    while (Long.parseLong(TestServer.text(rollbacks)) < before + 2) {
      Thread.onSpinWait();
    }
  }

  @Test
  @DisplayName("lets the claim go first, which then locks the execution without a deadlock")
  void givesWay() throws SQLException {
    TaskRunId run = Sample.createTaskRun(store);
    store.commit(ChangeSet.builder().readyTaskRun(run).build());
    claims("SELECT FROM waymark.ready_task_runs WHERE task_run_id = '%s' FOR UPDATE", run);
    CompletableFuture<Outcome> moved = readyLater(run);
    awaitRollbacks();
    claims(
        "SELECT FROM waymark.executions e JOIN waymark.task_runs t ON t.execution_id = e.id WHERE t.id = '%s' FOR NO KEY UPDATE OF e",
        run);
    assertThat(moved).isNotDone();
    claim.rollback();
    assertThat(moved.join().changed()).isTrue();
    Claims claims = store.claim(ClaimRequest.of("worker-1", 10, LONG));
    assertThat(claims.claimed()).isEmpty();
    assertThat(Objects.requireNonNull(claims.next())).isGreaterThan(Duration.ofMinutes(50));
  }
}
