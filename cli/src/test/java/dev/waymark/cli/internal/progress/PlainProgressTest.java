package dev.waymark.cli.internal.progress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.cli.internal.output.Messages;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.runner.api.TaskRunProgress;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("progress in lines")
class PlainProgressTest {
  private static final Instant AT = Instant.parse("2026-01-31T10:00:00Z");

  private final Ids ids = Ids.system();
  private final ExecutionId execution = ids.executionId();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PlainProgress progress =
      new PlainProgress(new Messages(bytes), () -> ZoneOffset.UTC, false);

  private void change(String task, TaskRunState state, int attempt) {
    progress.taskRunChanged(
        new TaskRunProgress(
            execution,
            ids.taskRunId(),
            new TaskId(task),
            state,
            attempt,
            attempt == 0 ? null : AttemptState.SUCCEEDED,
            AT,
            null,
            null));
  }

  /** Returns the lines without their times. */
  private List<String> lines() {
    return bytes.toString(StandardCharsets.UTF_8).lines().map(line -> line.substring(9)).toList();
  }

  @Test
  @DisplayName(
      "of thousands of tasks that never started, the first are named and the others counted")
  void neverBegan() {
    change("bad", TaskRunState.FAILED, 1);
    for (int i = 0; i < 9_999; i++) {
      change("t" + i, TaskRunState.SKIPPED, 0);
    }
    for (int i = 0; i < 4; i++) {
      change("c" + i, TaskRunState.CANCELLED, 0);
    }
    change("last", TaskRunState.SUCCEEDED, 1);
    for (int i = 0; i < 5; i++) {
      change("s" + i, TaskRunState.SKIPPED, 0);
    }
    progress.close();
    assertThat(lines())
        .containsExactly(
            "bad: failed",
            "t0: skipped",
            "t1: skipped",
            "t2: skipped",
            "and 9,996 more skipped",
            "c0: cancelled",
            "c1: cancelled",
            "c2: cancelled",
            "and 1 more cancelled",
            "last: succeeded",
            "s0: skipped",
            "s1: skipped",
            "s2: skipped",
            "and 2 more skipped");
  }

  @Test
  @DisplayName("three tasks that never started are named and nothing is counted")
  void few() {
    for (int i = 0; i < 3; i++) {
      change("t" + i, TaskRunState.SKIPPED, 0);
    }
    progress.close();
    assertThat(lines()).containsExactly("t0: skipped", "t1: skipped", "t2: skipped");
  }

  @Test
  @DisplayName("each wait reason is printed on its own line")
  void waiting() {
    progress.waiting(List.of("task a: no worker", "task b: pool full"));
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .isEqualTo("waymark: waiting: task a: no worker\nwaymark: waiting: task b: pool full\n");
  }
}
