package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.JavaProcess;
import dev.waymark.testserver.TestServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Several processes on one schema")
class PostgresProcessesIT {
  private static final int PROCESSES = 4;
  private static final int TURNS = 25;

  private final String schema = TestServer.newName();

  @AfterEach
  void clear() {
    TestServer.drop(schema);
  }

  @Test
  @DisplayName("four that open a new schema at the same moment all succeed")
  void openAtOnce() {
    List<JavaProcess> processes = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      processes.add(JavaProcess.start(PostgresProcesses.Open.class, TestServer.url(), schema));
    }
    for (JavaProcess process : processes) {
      assertThat(process.readLines()).containsExactly("open");
      assertThat(process.waitFor()).isZero();
    }
  }

  @Test
  @DisplayName("four that open a schema of version 1 at the same moment migrate it once")
  void migrateAtOnce() {
    EarlierVersion.make(1, schema);
    openAtOnce();
    String history = "SELECT string_agg(version, ' ' ORDER BY installed_rank) FROM ";
    String made = TestServer.text(history + schema + ".waymark_schema_history");
    assertThat(made).startsWith("1 2 ");
    assertThat(TestServer.text("SELECT version FROM " + schema + ".waymark_version"))
        .isEqualTo(made.substring(made.lastIndexOf(' ') + 1));
    String fresh = TestServer.newName();
    try (StateStore store = PostgresStateStore.builder(TestServer.url()).schema(fresh).build()) {
      assertThat(TestServer.text(history + fresh + ".waymark_schema_history")).isEqualTo(made);
    } finally {
      TestServer.drop(fresh);
    }
  }

  @Test
  @DisplayName(
      "four that write at the same time lose nothing, and no number is skipped or given twice")
  void writers() throws SQLException {
    try (StateStore store = PostgresStateStore.builder(TestServer.url()).schema(schema).build()) {
      Sample.saveWorkflow(store);
      TaskRunId shared = Sample.createTaskRun(store);
      store.updateTaskRun(shared, TaskRunState.RUNNING, 1);
      List<JavaProcess> processes = new ArrayList<>();
      for (int i = 0; i < PROCESSES; i++) {
        processes.add(
            JavaProcess.start(
                PostgresProcesses.Write.class,
                TestServer.url(),
                schema,
                shared.toString(),
                Integer.toString(TURNS)));
      }
      int commits = 0;
      for (JavaProcess process : processes) {
        List<String> lines = process.readLines();
        assertThat(process.waitFor()).as("exit code after " + lines).isZero();
        assertThat(lines).hasSize(1).first().asString().startsWith("done ");
        commits += Integer.parseInt(lines.get(0).substring("done ".length())) + 1;
      }
      assertThat(store.attempts(shared))
          .extracting(Attempt::number)
          .containsExactlyElementsOf(IntStream.rangeClosed(1, PROCESSES * TURNS).boxed().toList());
      assertThat(TestServer.text("SELECT count(*) FROM " + schema + ".commits"))
          .isEqualTo(Integer.toString(commits + 3 + 2 * PROCESSES * TURNS));
      assertInvariants();
    }
  }

  private void assertInvariants() throws SQLException {
    Counts.check(schema);
    assertThat(
            TestServer.text(
                """
                SELECT count(*) FROM %1$s.task_runs t
                WHERE t.last_attempt <> (SELECT count(*) FROM %1$s.attempts a WHERE a.task_run_id = t.id)
                   OR t.last_attempt <> (SELECT coalesce(max(number), 0) FROM %1$s.attempts a WHERE a.task_run_id = t.id)"""
                    .formatted(schema)))
        .as("task runs whose attempts have gaps")
        .isEqualTo("0");
    assertThat(
            TestServer.text(
                """
                SELECT count(*) FROM %1$s.executions e
                WHERE e.version <> (
                  SELECT count(*) FROM %1$s.history h, jsonb_array_elements(h.transitions::jsonb) AS m
                  WHERE h.execution_id = e.id AND m ->> 0 = 'EXECUTION')"""
                    .formatted(schema)))
        .as("executions whose history is not as long as their version")
        .isEqualTo("0");
  }
}
