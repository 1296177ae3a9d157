package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.api.TaskLogs;
import dev.waymark.sqlite.SqliteStateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A task that runs several times")
class IterationsTest extends CliTest {
  private final Ids ids = Ids.system();
  private final ExecutionId id = ids.executionId();

  /** Three iterations, the last of which is running. */
  @BeforeEach
  void execute() throws IOException {
    Path folder = Files.createDirectories(home.resolve(".waymark"));
    TaskLogs logs = new TaskLogs(folder.resolve("waymark.db.logs"));
    WorkflowId flow = new WorkflowId("agent");
    try (StateStore store = SqliteStateStore.open(folder.resolve("waymark.db"))) {
      store.commit(
          ChangeSet.builder()
              .saveWorkflow(new NewWorkflow(flow, "x"))
              .createExecution(new NewExecution(id, flow))
              .updateExecution(id, ExecutionState.RUNNING)
              .build());
      TaskId task = new TaskId("call-model");
      for (int i = 1; i <= 3; i++) {
        TaskId iteration = task.iteration(i);
        TaskRunId run = ids.taskRunId();
        ChangeSet.Builder changes = ChangeSet.builder();
        changes
            .createTaskRun(new NewTaskRun(run, id, iteration))
            .updateTaskRun(run, TaskRunState.RUNNING)
            .recordAttempt(run, "w");
        if (i < 3) {
          changes
              .updateAttempt(new AttemptId(run, 1), AttemptState.SUCCEEDED)
              .updateTaskRun(run, TaskRunState.SUCCEEDED);
        }
        store.commit(changes.build());
        Path log = logs.path(id, iteration, 1);
        var unused = Files.createDirectories(log.getParent());
        var written = Files.writeString(log, "turn " + i + "\n");
      }
    }
  }

  @Test
  @DisplayName("is shown with each iteration")
  void show() {
    String shown = waymark("executions", "show", id.toString()).out();
    assertThat(shown.lines().map(String::strip))
        .anyMatch(line -> line.matches("call-model +SUCCEEDED.*"))
        .anyMatch(line -> line.matches("call-model#2 +SUCCEEDED.*"))
        .anyMatch(line -> line.matches("call-model#3 +RUNNING.*"));
    Map<String, Object> json =
        parse(waymark("executions", "show", id.toString(), "-o", "json").out());
    assertThat(list(json, "taskRuns").stream().map(run -> run.get("taskId")))
        .containsExactly("call-model", "call-model#2", "call-model#3");
  }

  @Test
  @DisplayName("has a log for each iteration; the task alone means the first")
  void logs() {
    assertThat(waymark("logs", id.toString(), "--task", "call-model#3").out())
        .isEqualTo("turn 3\n");
    assertThat(waymark("logs", id.toString(), "--task", "call-model").out()).isEqualTo("turn 1\n");
    assertThat(waymark("logs", id.toString()).out())
        .contains("==> call-model#2, attempt 1, SUCCEEDED <==\nturn 2\n");
    Run none = waymark("logs", id.toString(), "--task", "call-model#4");
    assertThat(none.exitCode()).isNotZero();
    assertThat(none.err()).contains("has no task \"call-model#4\"; did you mean \"call-model#");
  }

  @Test
  @DisplayName("lists the attempts of an iteration")
  void attempts() {
    assertThat(waymark("attempts", "list", id + "/call-model#2").out()).contains("SUCCEEDED");
    assertThat(List.of(waymark("task-runs", "list", id.toString()).out().split("\n", -1)))
        .anyMatch(line -> line.contains("call-model#2"));
  }
}
