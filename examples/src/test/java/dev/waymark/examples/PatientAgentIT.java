package dev.waymark.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Signal;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.StateStore;
import dev.waymark.sqlite.SqliteStateStore;
import dev.waymark.testkit.Await;
import dev.waymark.testkit.JavaProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Example: an agent that sleeps and is woken")
class PatientAgentIT {
  @TempDir Path folder = Path.of("");
  private String file = "";
  private String id = "";

  @BeforeEach
  void start() {
    file = folder.resolve("agent.db").toString();
    try (JavaProcess start = JavaProcess.start(PatientAgent.class, file, "start")) {
      id = String.valueOf(start.readLine());
      assertThat(start.waitFor()).isZero();
    }
  }

  private JavaProcess begin(String command) {
    return JavaProcess.start(PatientAgent.class, file, command, id);
  }

  private void answer() {
    try (JavaProcess answer = begin("answer")) {
      assertThat(answer.waitFor()).isZero();
    }
  }

  private TaskRunState state(StateStore store) {
    return store.taskRuns(ExecutionId.of(id)).get(0).state();
  }

  private List<Execution> children(StateStore store) {
    return store.executions(ExecutionQuery.builder().parent(ExecutionId.of(id)).build()).items();
  }

  private void awaitWaiting() {
    try (StateStore store = SqliteStateStore.open(Path.of(file))) {
      Await.until("the agent waits", () -> state(store) == TaskRunState.WAITING);
    }
  }

  private void awaitDone(JavaProcess worker) {
    assertThat(worker.readLines()).last().isEqualTo("SUCCEEDED");
    assertThat(worker.waitFor()).isZero();
    try (StateStore store = SqliteStateStore.open(Path.of(file))) {
      assertThat(
              String.valueOf(
                  store.executionProgress(ExecutionId.of(id)).taskRuns().get(0).outputs()))
          .isEqualTo("{steps=[\"asked\",\"answer \\\"yes\\\"\",\"done\"]}");
      assertThat(store.signals(ExecutionId.of(id)))
          .singleElement()
          .extracting(Signal::taskRunId)
          .isNotNull();
      assertThat(children(store))
          .singleElement()
          .extracting(Execution::state)
          .isEqualTo(ExecutionState.SUCCEEDED);
    }
  }

  @Test
  @DisplayName("asks, waits without a process, and goes on with the answer")
  void goesOn() {
    try (JavaProcess asks = begin("work")) {
      awaitWaiting();
      asks.kill();
    }
    answer();
    answer();
    try (JavaProcess worker = begin("work")) {
      awaitDone(worker);
    }
  }

  @Test
  @DisplayName("survives kill -9 in every phase: in each step, after it, and while it waits")
  void killed() {
    for (String phase : new String[] {"step 1", "stepped"}) {
      try (JavaProcess worker = begin("work")) {
        awaitLine(worker, phase);
        worker.kill();
      }
    }
    try (JavaProcess worker = begin("work")) {
      awaitWaiting();
      worker.kill();
    }
    answer();
    for (int i = 0; i < 3; i++) {
      try (JavaProcess worker = begin("work")) {
        awaitLine(worker, i == 0 ? "step " : "stepped");
        worker.kill();
      }
    }
    try (JavaProcess worker = begin("work")) {
      awaitLine(worker, "summary 1"); // The agent waits for its child.
      worker.kill();
    }
    try (StateStore store = SqliteStateStore.open(Path.of(file))) {
      assertThat(state(store)).isEqualTo(TaskRunState.WAITING);
    }
    try (JavaProcess worker = begin("work")) {
      awaitDone(worker);
    }
  }

  private static void awaitLine(JavaProcess worker, String start) {
    String line = worker.readLine();
    while (line != null && !line.startsWith(start)) {
      line = worker.readLine();
    }
    assertThat(line).as("the worker prints %s", start).isNotNull();
  }

  @Test
  @DisplayName("is shown in the documentation as it is compiled and run")
  void shown() throws IOException {
    assertThat(Excerpts.embedding()).contains(Excerpts.of("PatientAgent"));
  }
}
