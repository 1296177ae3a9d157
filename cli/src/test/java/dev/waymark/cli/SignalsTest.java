package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

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
import dev.waymark.sqlite.SqliteStateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("executions signal")
class SignalsTest extends CliTest {
  private final Ids ids = Ids.system();
  private final ExecutionId id = ids.executionId();
  private final TaskRunId taskRun = ids.taskRunId();

  private StateStore open() {
    return SqliteStateStore.open(home.resolve(".waymark").resolve("waymark.db"));
  }

  /** A task of a program waits for a signal. */
  @BeforeEach
  void execute() throws IOException {
    WorkflowId flow = new WorkflowId("order");
    Path unused = Files.createDirectories(home.resolve(".waymark"));
    try (StateStore store = open()) {
      store.commit(
          ChangeSet.builder()
              .saveWorkflow(new NewWorkflow(flow, "x"))
              .createExecution(new NewExecution(id, flow))
              .createTaskRun(new NewTaskRun(taskRun, id, new TaskId("approve")))
              .updateExecution(id, ExecutionState.RUNNING)
              .awaitSignal(taskRun, "approved", null)
              .build());
    }
  }

  private Run signal(String... options) {
    String[] line = new String[3 + options.length];
    line[0] = "executions";
    line[1] = "signal";
    line[2] = id.toString().substring(0, 30);
    System.arraycopy(options, 0, line, 3, options.length);
    return waymark(line);
  }

  @Test
  @DisplayName("lets the task go on that waits for it; the execution shows it")
  void delivered() {
    assertThat(waymark("executions", "show", id.toString()).out())
        .contains("waits for signal approved");
    assertThat(signal("--name", "approved", "--payload", "{\"by\": \"Ada\"}", "--key", "7"))
        .isEqualTo(new Run(0, "execution " + id + " signal 1 delivered\n", ""));
    try (StateStore store = open()) {
      assertThat(store.taskRuns(id).get(0).state()).isEqualTo(TaskRunState.PENDING);
    }
    Map<String, Object> shown =
        parse(waymark("executions", "show", id.toString(), "-o", "json").out());
    Map<String, Object> sent = list(shown, "signals").get(0);
    assertThat(sent)
        .containsEntry("number", 1)
        .containsEntry("name", "approved")
        .containsEntry("key", "7")
        .containsEntry("taskRunId", taskRun.toString())
        .containsEntry("attempt", 1)
        .containsKeys("sentAt", "payload");
    assertThat(sent.get("payload").toString()).contains("Ada");
    assertThat(waymark("executions", "show", id.toString()).out())
        .containsPattern("1 +approved +\\S+ \\S+ +approve +\\{\"by\": \"Ada\"}");
  }

  @Test
  @DisplayName("keeps a signal for which no task waits, and sends one with a key once")
  void kept() {
    assertThat(signal("--name", "other", "--key", "k"))
        .isEqualTo(new Run(0, "execution " + id + " signal 1 kept\n", ""));
    assertThat(signal("--name", "other", "--key", "k"))
        .isEqualTo(new Run(0, "execution " + id + " signal 1 (sent before) kept\n", ""));
    Run other = signal("--name", "approved", "--key", "k");
    assertThat(other.exitCode()).isEqualTo(4);
    assertThat(other.err()).contains("\"k\"", "signal 1");
  }

  @Test
  @DisplayName("fails for an execution that has ended")
  void ended() {
    waymark("executions", "cancel", id.toString());
    Run late = signal("--name", "approved");
    assertThat(late.exitCode()).isEqualTo(4);
    assertThat(late.err()).contains("CANCELLED", id.toString());
  }

  @Test
  @DisplayName("checks its options before it sends anything")
  void badInput() {
    for (List<String> bad :
        List.of(
            List.<String>of(),
            List.of("--name", "two words"),
            List.of("--name", "a", "--payload", "{"),
            List.of("--name", "a", "--key", ""))) {
      Run run = signal(bad.toArray(String[]::new));
      assertThat(run.exitCode()).as("%s: %s", bad, run.err()).isEqualTo(2);
      assertThat(run.err()).isNotEmpty();
    }
    try (StateStore store = open()) {
      assertThat(store.signals(id)).isEmpty();
    }
  }
}
