package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.Payload;
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
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("executions show, with payloads of a program,")
class PayloadsTest extends CliTest {
  private static final String LONG = "\"" + "é".repeat(2_000) + "\"";

  private final Ids ids = Ids.system();
  private final ExecutionId id = ids.executionId();
  private final TaskRunId taskRun = ids.taskRunId();

  @BeforeEach
  void execute() throws IOException {
    WorkflowId flow = new WorkflowId("order");
    Payload input = Payload.json("{\"order\": 7, \"lines\": [1, 2]}");
    AttemptId attempt = new AttemptId(taskRun, 1);
    Path folder = Files.createDirectories(home.resolve(".waymark"));
    try (StateStore store = SqliteStateStore.open(folder.resolve("waymark.db"))) {
      store.commit(
          ChangeSet.builder()
              .saveWorkflow(new NewWorkflow(flow, "x"))
              .createExecution(new NewExecution(id, flow, null, Map.of(), input))
              .createTaskRun(new NewTaskRun(taskRun, id, new TaskId("ship"), Payload.json(LONG)))
              .updateExecution(id, ExecutionState.RUNNING)
              .updateTaskRun(taskRun, TaskRunState.RUNNING)
              .recordAttempt(taskRun, "worker-1")
              .setDetails(attempt, Payload.of("text/plain", new byte[] {'o', 'k'}))
              .setResult(attempt, Payload.of("image/png", new byte[] {1, 2, (byte) 0xff}))
              .setResult(id, Payload.json("\"shipped\""))
              .build());
    }
  }

  @Test
  @DisplayName("prints them as JSON: text as text, everything else in base64, and long ones cut")
  void json() {
    Map<String, Object> shown =
        parse(waymark("executions", "show", id.toString(), "-o", "json").out());
    assertThat(shown)
        .containsEntry("inputs", Map.of("order", "7", "lines", "[1, 2]"))
        .containsEntry(
            "input", payload(Payload.JSON, 29, false, "{\"order\": 7, \"lines\": [1, 2]}"))
        .containsEntry("result", payload(Payload.JSON, 9, false, "\"shipped\""));
    Map<String, Object> run = list(shown, "taskRuns").get(0);
    assertThat(run)
        .containsEntry("input", payload(Payload.JSON, 4_002, true, LONG.substring(0, 500)));
    Map<String, @Nullable Object> png = payload("image/png", 3, false, null);
    png.put("base64", Base64.getEncoder().encodeToString(new byte[] {1, 2, (byte) 0xff}));
    assertThat(run).containsEntry("result", png);
    assertThat(list(run, "attempts").get(0))
        .containsEntry("details", payload("text/plain", 2, false, "ok"));
  }

  @Test
  @DisplayName("prints them in full with --payloads")
  void full() {
    Map<String, Object> shown =
        parse(waymark("executions", "show", id.toString(), "--payloads", "-o", "yaml").out());
    assertThat(list(shown, "taskRuns").get(0))
        .containsEntry("input", payload(Payload.JSON, 4_002, false, LONG));
  }

  @Test
  @DisplayName("names input and result in the table")
  void table() {
    assertThat(waymark("executions", "show", id.toString()).out())
        .contains("lines=[1, 2]", "order=7")
        .containsPattern("result +\"shipped\"");
  }

  private static Map<String, @Nullable Object> payload(
      String mediaType, int size, boolean truncated, @Nullable String text) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("mediaType", mediaType);
    fields.put("size", size);
    fields.put("truncated", truncated);
    fields.put("text", text);
    fields.put("base64", null);
    return fields;
  }
}
