package dev.waymark.cli.internal.progress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.cli.internal.base.Terminal;
import dev.waymark.cli.internal.output.Paint;
import dev.waymark.cli.internal.output.Width;
import dev.waymark.core.model.TaskRunState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("a frame of the progress display")
class FrameTest {
  private static final Instant BEGAN = Instant.parse("2026-01-31T10:00:00Z");
  private static final Instant NOW = BEGAN.plusMillis(12_300);

  private static Row row(String task, TaskRunState state, int attempt) {
    Instant started = attempt == 0 ? null : BEGAN.plusMillis(1_000);
    return new Row(
        task,
        state,
        attempt,
        started,
        state.isTerminal() ? BEGAN.plusMillis(4_500) : null,
        state == TaskRunState.FAILED ? "exited with code 3\nmore" : null,
        null);
  }

  private static List<String> draw(int rows, int columns, List<Row> tasks) {
    return new Frame(new Terminal.Size(rows, columns), Paint.OFF, NOW, 0).draw(tasks, BEGAN);
  }

  @Test
  @DisplayName("has a line per task and a progress bar")
  void lines() {
    List<Row> tasks =
        List.of(
            row("extract", TaskRunState.SUCCEEDED, 2),
            row("check", TaskRunState.RUNNING, 1),
            row("bad", TaskRunState.FAILED, 1),
            row("later", TaskRunState.PENDING, 0),
            row("never", TaskRunState.SKIPPED, 0));
    assertThat(draw(24, 80, tasks))
        .containsExactly(
            "✔ extract  attempt 2    3.5s",
            "⠋ check                11.3s",
            "✘ bad                   3.5s  exited with code 3",
            "○ later",
            "↷ never    skipped",
            "━━━━━━━━━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌ 3/5 tasks · 1 running · 1 failed · 12.3s");
  }

  @Test
  @DisplayName("never exceeds the size of the terminal")
  void bounded() {
    List<Row> tasks = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      TaskRunState state =
          i < 200
              ? TaskRunState.SUCCEEDED
              : i < 230
                  ? TaskRunState.RUNNING
                  : i < 240 ? TaskRunState.FAILED : TaskRunState.PENDING;
      tasks.add(row("a task with the number " + i, state, state == TaskRunState.PENDING ? 0 : 1));
    }
    for (int rows : new int[] {3, 5, 10, 24, 600}) {
      for (int columns : new int[] {10, 20, 40, 80}) {
        List<String> lines = draw(rows, columns, tasks);
        assertThat(lines)
            .hasSizeLessThan(Math.max(4, rows))
            .allMatch(line -> Width.of(line) < columns);
      }
    }
    assertThat(draw(10, 80, tasks))
        .contains("✔ 200 tasks ended", "○ 260 waiting, 34 more running or failed");
  }

  @Test
  @DisplayName("contains only one line of an error, and no control characters")
  void hostileError() {
    Row hostile =
        new Row(
            "a",
            TaskRunState.RETRYING,
            1,
            BEGAN,
            null,
            "\u001b[2Jboom\nsecond",
            NOW.plusMillis(1_500));
    assertThat(draw(24, 80, List.of(hostile)).get(0))
        .isEqualTo("↻ a              12.3s  \\u001b[2Jboom; retry in 1.5s");
  }
}
