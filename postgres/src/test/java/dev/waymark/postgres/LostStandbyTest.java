package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.StateStore;
import dev.waymark.testserver.TestServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A synchronous standby that disappears")
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LostStandbyTest {
  private static final String CANCEL_WAITING =
      "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";

  private final EmbeddedPostgres server = TestServer.start();
  private final String url = server.getJdbcUrl("postgres", "postgres");
  private final StateStore store =
      PostgresStateStore.builder(url)
          .statementTimeout(Duration.ofSeconds(1))
          .lockTimeout(Duration.ofMillis(300))
          .retryTimeout(Duration.ofSeconds(1))
          .property("socketTimeout", "2")
          .build();
  private final ExecutionId execution = createExecution(store);
  private final ChangeSet start =
      ChangeSet.builder().updateExecution(execution, ExecutionState.RUNNING, 1L).build();

  private static ExecutionId createExecution(StateStore store) {
    Sample.saveWorkflow(store);
    return Sample.createExecution(store);
  }

  @AfterEach
  void closeTheStore() throws IOException, SQLException {
    standby(null);
    store.close();
    server.close();
  }

  @Test
  @DisplayName("the outcome of a COMMIT that hangs is unknown, also in all later tries")
  void commitHangs() throws SQLException {
    standby("ghost");
    for (int tries = 1; tries <= 3; tries++) {
      assertUnknown(catchUnavailable(() -> store.commit(start)));
    }
    assertUnknown(catchUnavailable(() -> store.commitAsync(start).join()));

    standby(null);
    assertStartedOnce(store.commit(start));
  }

  @Test
  @DisplayName("the outcome of a COMMIT whose wait for the standby is cancelled is unknown")
  void waitIsCancelled() throws SQLException {
    execute("ALTER DATABASE postgres SET client_min_messages = 'error'");
    standby("ghost");
    assertUnknown(catchUnavailable(() -> cancelling(() -> store.commit(start))));
    assertThat(execution().state()).isEqualTo(ExecutionState.RUNNING);

    standby(null);
    assertStartedOnce(store.commit(start));
  }

  @Test
  @DisplayName("a claim whose wait for the standby is cancelled returns no task runs")
  void claimIsCancelled() throws SQLException {
    TaskRunId taskRun = Sample.IDS.taskRunId();
    store.commit(
        ChangeSet.builder()
            .createTaskRun(new NewTaskRun(taskRun, execution, new TaskId("a")))
            .updateExecution(execution, ExecutionState.RUNNING, 1L)
            .readyTaskRun(taskRun)
            .build());
    standby("ghost");
    ClaimRequest request = ClaimRequest.of("worker-1", 1, Duration.ofMillis(500));
    assertThat(cancelling(() -> store.claim(request)).claimed()).isEmpty();
    assertThat(Objects.requireNonNull(store.taskRun(taskRun)).state())
        .isEqualTo(TaskRunState.RUNNING);
  }

  private Execution execution() {
    return Objects.requireNonNull(store.execution(execution));
  }

  private void assertStartedOnce(CommitResult result) {
    assertThat(result.outcomes()).extracting(Outcome::version).containsExactly(2L);
    assertThat(execution().version()).isEqualTo(2);
  }

  private static void assertUnknown(StoreUnavailableException error) {
    assertThat(error.outcome()).isEqualTo(StoreUnavailableException.Outcome.UNKNOWN);
    assertThat(error)
        .hasMessageContaining("it is unknown whether it was stored: repeat it")
        .hasMessageNotContaining("nothing was stored");
  }

  private static StoreUnavailableException catchUnavailable(Supplier<?> call) {
    return catchThrowableOfType(
        StoreUnavailableException.class,
        () -> {
          try {
            call.get();
          } catch (CompletionException e) {
            throw e.getCause();
          }
        });
  }

  /** Runs the call, and meanwhile cancels every session that waits for the standby. */
  private <T> T cancelling(Supplier<T> call) {
    CompletableFuture<T> answer = CompletableFuture.supplyAsync(call);
    try (Connection canceller = DriverManager.getConnection(url)) {
      while (!answer.isDone()) {
        TestServer.text(canceller, CANCEL_WAITING);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return answer.join();
  }

  /** Makes the server wait for this standby, or for none, and waits until this is in effect. */
  private void standby(@Nullable String name) throws SQLException {
    TestServer.set(url, "synchronous_standby_names", name == null ? "" : name);
    if (name != null) {
      awaitWaitingCommit();
    }
  }

  /** A commit waits only after the checkpointer has read the setting, which no session shows. */
  private void awaitWaitingCommit() throws SQLException {
    try (Connection canceller = DriverManager.getConnection(url)) {
      CompletableFuture<Void> commit = commitOfAnother();
      while (TestServer.text(canceller, CANCEL_WAITING).equals("0")) {
        if (commit.isDone()) {
          commit.join();
          commit = commitOfAnother();
        }
      }
      commit.join();
    }
  }

  private CompletableFuture<Void> commitOfAnother() {
    return CompletableFuture.runAsync(
        () -> {
          try {
            execute("SELECT pg_logical_emit_message(true, 'test', 'commit')");
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private void execute(String statement) throws SQLException {
    try (Connection sql = DriverManager.getConnection(url);
        var execution = sql.createStatement()) {
      execution.execute(statement);
    }
  }
}
