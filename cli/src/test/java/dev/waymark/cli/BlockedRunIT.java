package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.StateStore;
import dev.waymark.sqlite.SqliteStateStore;
import dev.waymark.testkit.Await;
import dev.waymark.testkit.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A run that waits")
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BlockedRunIT {
  /** The first attempt of the first execution never ends; all others end at once. */
  private static final String HELD =
      """
      id: held
      max-parallel: 1
      tasks:
        only:
          run: |
            if mkdir began; then
              sleep 1000 &
              wait
            fi
      """;

  @TempDir Path folder = Path.of("");

  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource({"KILL, parallel", "TERM, parallel", "KILL, pool", "TERM, pool"})
  @DisplayName("for an execution without a worker recovers it and runs both until they end")
  void lendsAHand(String signal, String bound) throws Exception {
    String text = bound.equals("pool") ? HELD.replace("max-parallel: 1\n", "") : HELD;
    Path flow = Files.writeString(folder.resolve("flow.yaml"), text);
    if (bound.equals("pool")) {
      try (JavaProcess set = waymark("pools", "set", "default", "--slots", "1")) {
        assertThat(set.waitFor()).isZero();
      }
    }
    try (JavaProcess first = waymark("run", "-f", flow.toString())) {
      Await.until("the task", () -> Files.exists(folder.resolve("began")), first::isAlive);
      if (signal.equals("KILL")) {
        first.kill();
      } else {
        first.signal(signal);
      }
      assertThat(first.waitFor()).isNotZero();
    }
    try (JavaProcess second = waymark("run", "-f", flow.toString())) {
      assertThat(second.waitFor()).as(said()).isZero();
    }
    try (StateStore store = SqliteStateStore.open(folder.resolve("waymark.db"))) {
      List<Execution> both = store.executions(ExecutionQuery.all()).items();
      assertThat(both).hasSize(2);
      ExecutionDetails held = Objects.requireNonNull(store.executionDetails(both.get(0).id()));
      assertThat(both.get(1).state()).isEqualTo(ExecutionState.SUCCEEDED);
      // Unless the limit blocks it, the run does not touch an execution that was stopped cleanly.
      boolean blocked = signal.equals("KILL") || bound.equals("parallel");
      assertThat(held.execution().state())
          .isEqualTo(blocked ? ExecutionState.SUCCEEDED : ExecutionState.RUNNING);
      assertThat(held.taskRuns().get(0).attempts().get(0).state())
          .isEqualTo(signal.equals("KILL") ? AttemptState.LOST : AttemptState.CANCELLED);
    }
  }

  @Test
  @DisplayName("for a pool that it does not serve reports this, and so does executions show")
  void saysWhy() throws Exception {
    Path flow =
        Files.writeString(
            folder.resolve("flow.yaml"),
            "id: unserved\ntasks:\n  a: {run: echo a, pool: gpu}\n  b: {run: echo b, needs: a}\n");
    String why = "waymark: waiting: task a: no living worker serves pool \"gpu\" (alive: ";
    try (JavaProcess run = waymark("run", "-f", flow.toString())) {
      Await.until(why, () -> said().contains(why), run::isAlive);
      try (JavaProcess show = waymark("executions", "show", id(), "-o", "jsonl")) {
        assertThat(String.join("\n", show.readLines()))
            .contains("\"reason\":\"POOL_NOT_SERVED\"", "\"pool\":\"gpu\"")
            .contains("\"reason\":\"NEEDS\"", "\"message\":\"needs a to end\"");
      }
      try (JavaProcess show = waymark("task-runs", "list", id())) {
        assertThat(String.join("\n", show.readLines())).contains("WAITING", "needs a to end");
      }
      // The run continues as soon as a worker serves the pool.
      try (JavaProcess worker = waymark("worker", "--pool", "gpu", "--until-idle")) {
        worker.readLines();
        assertThat(worker.waitFor()).isZero();
      }
      assertThat(run.waitFor()).isZero();
    }
  }

  private String id() {
    try (StateStore store = SqliteStateStore.open(folder.resolve("waymark.db"))) {
      return store.executions(ExecutionQuery.all()).items().get(0).id().toString();
    }
  }

  private String said() {
    Path said = folder.resolve("said");
    try {
      return Files.exists(said) ? Files.readString(said) : "";
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Starts a process that appends its messages to a shared file. */
  private JavaProcess waymark(String... arguments) {
    List<String> words =
        new ArrayList<>(List.of("--store", "sqlite:" + folder.resolve("waymark.db")));
    words.addAll(List.of(arguments));
    return JavaProcess.startBy(
        List.of(
            "sh",
            "-c",
            "cd \"$1\" && shift && exec \"$@\" 2>>\"$0\"",
            folder.resolve("said").toString(),
            folder.toString()),
        List.of(),
        Main.class,
        words.toArray(String[]::new));
  }
}
