package dev.waymark.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.postgres.PostgresStateStore;
import dev.waymark.runner.Runner;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.sqlite.SqliteStateStore;
import dev.waymark.testserver.TestServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Outputs that the database refuses")
@Timeout(120)
class RejectedOutputsTest {
  private static final String DEFINITION =
      """
      id: flow
      tasks:
        good:
          uses: give
        bad:
          uses: give
      """;

  @TempDir Path folder = Path.of("");

  @ParameterizedTest
  @ValueSource(strings = {"22021", "23514", "P0001", "54000"})
  @DisplayName("PostgreSQL: only this task fails, at once and with its name in the error")
  void onPostgres(String sqlState) {
    String schema = TestServer.newSchema();
    try (StateStore store = PostgresStateStore.builder(TestServer.url()).schema(schema).build()) {
      TestServer.execute(
          """
          CREATE FUNCTION %1$s.refuse_text() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'not this text' USING ERRCODE = '%2$s'; END $$;
          CREATE TRIGGER refuse BEFORE INSERT ON %1$s.task_run_outputs
            FOR EACH ROW WHEN (NEW.outputs LIKE '%%from bad%%') EXECUTE FUNCTION %1$s.refuse_text()\
          """
              .formatted(schema, sqlState));
      assertOneTaskFails(store);
    } finally {
      TestServer.drop(schema);
    }
  }

  @Test
  @DisplayName("SQLite: only this task fails, at once and with its name in the error")
  void onSqlite() throws SQLException {
    Path file = folder.resolve("waymark.db");
    try (StateStore store = SqliteStateStore.open(file)) {
      try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
          Statement sql = connection.createStatement()) {
        sql.execute(
            """
            CREATE TRIGGER refuse BEFORE INSERT ON task_run_outputs WHEN NEW.outputs LIKE '%from bad%'
            BEGIN SELECT RAISE(ABORT, 'not this text'); END\
            """);
      }
      assertOneTaskFails(store);
    }
  }

  private void assertOneTaskFails(StateStore store) {
    WorkflowId workflow = new WorkflowId("flow");
    store.saveWorkflow(new NewWorkflow(workflow, DEFINITION));
    // Longer than the test may take: an error that waiting cannot resolve must not be retried.
    try (Runner runner =
        Runner.builder(store)
            .logDirectory(folder.resolve("logs"))
            .storeRetryTimeout(Duration.ofMinutes(10))
            .handler("give", context -> context.output("text", "from " + context.taskId()))
            .build()) {
      ExecutionId id = runner.start(StartRequest.builder(workflow).build());
      assertThat(runner.run(id)).isEqualTo(ExecutionState.FAILED);
      assertThat(attempt(store, id, "good").state()).isEqualTo(AttemptState.SUCCEEDED);
      Attempt bad = attempt(store, id, "bad");
      assertThat(bad.state()).isEqualTo(AttemptState.FAILED);
      assertThat(bad.error())
          .contains("its end could not be recorded")
          .contains("the database rejected it")
          .contains("not this text");

      ExecutionId next = runner.start(StartRequest.builder(workflow).build());
      assertThat(runner.run(next)).isEqualTo(ExecutionState.FAILED);
    }
  }

  private static Attempt attempt(StateStore store, ExecutionId id, String task) {
    TaskRun run =
        store.taskRuns(id).stream()
            .filter(each -> each.taskId().value().equals(task))
            .findFirst()
            .orElseThrow();
    return store.attempts(run.id()).get(0);
  }
}
