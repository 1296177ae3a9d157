package dev.waymark.cli.internal.progress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.cli.internal.base.Terminal;
import dev.waymark.cli.internal.output.Messages;
import dev.waymark.cli.internal.output.Paint;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.runner.api.TaskRunProgress;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Live progress")
class LiveProgressTest {
  private static final Instant AT = Instant.parse("2026-01-31T10:00:00Z");

  private final Ids ids = Ids.system();
  private final ExecutionId id = ids.executionId();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final LiveProgress progress =
      new LiveProgress(
          new Messages(bytes), Paint.OFF, () -> Terminal.USUAL, InstantSource.fixed(AT));

  private void begin(String... tasks) {
    Execution execution =
        new Execution(
            id,
            new WorkflowId("agent"),
            1,
            ExecutionState.RUNNING,
            2,
            Map.of(),
            Map.of(),
            AT,
            AT,
            null,
            null);
    progress.executionStarted(
        execution, List.of(tasks).stream().map(task -> taskRun(new TaskId(task))).toList());
  }

  private TaskRun taskRun(TaskId task) {
    return new TaskRun(ids.taskRunId(), id, task, TaskRunState.PENDING, 1, 0, AT, null, null);
  }

  private void change(ExecutionId execution, String task, TaskRunState state) {
    progress.taskRunChanged(
        new TaskRunProgress(
            execution,
            ids.taskRunId(),
            new TaskId(task),
            state,
            1,
            AttemptState.RUNNING,
            AT,
            null,
            null));
  }

  /** The lines of the last frame. */
  private String drawn() {
    progress.close();
    String all = bytes.toString(StandardCharsets.UTF_8);
    return all.substring(all.lastIndexOf("\u001b[J") < 0 ? 0 : lastFrame(all));
  }

  private static int lastFrame(String all) {
    int end = all.lastIndexOf("\u001b[J");
    return Math.max(0, all.lastIndexOf("\u001b[J", end - 1));
  }

  @Test
  @DisplayName("has one row for a task that runs several times, with its newest iteration")
  void iterations() {
    begin("call-model", "report");
    change(id, "call-model", TaskRunState.SUCCEEDED);
    change(id, "call-model#2", TaskRunState.RUNNING);
    change(id, "call-model", TaskRunState.SUCCEEDED);
    assertThat(drawn())
        .contains("call-model#2")
        .contains("report")
        .contains("2 tasks")
        .doesNotContain("call-model ");
  }

  @Test
  @DisplayName("begins with the newest iteration of each task")
  void takenOver() {
    begin("call-model", "report", "call-model#2", "call-model#3");
    assertThat(drawn()).contains("call-model#3").doesNotContain("call-model#2", "call-model ");
  }

  @Test
  @DisplayName("ignores tasks of other executions that have the same name")
  void others() {
    begin("a");
    change(ids.executionId(), "a#2", TaskRunState.RUNNING);
    assertThat(drawn()).doesNotContain("a#2");
  }
}
