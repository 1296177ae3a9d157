package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("executions rerun")
class RerunTest extends CliTest {
  /** Its tasks record what they do in a file; {@code publish} fails until {@code ok} exists. */
  private static final String REPORT =
      """
      id: report
      inputs: {day: {default: today}}
      tasks:
        prepare:
          run: |
            echo prepare >> done
            echo "rows=42" >> "$WAYMARK_OUTPUT"
        other: {run: echo other >> done}
        publish:
          needs: prepare
          run: |
            echo "publish $OUTPUT_PREPARE_ROWS $INPUT_DAY" >> done
            test -f ok
        after: {needs: publish, run: echo after >> done}
      """;

  @Test
  @DisplayName(
      "--from-failed keeps succeeded tasks and their outputs, and runs the others in a new execution that names the earlier one")
  void fromFailed() throws IOException {
    Run failed = runFile(REPORT, "-p", "day=monday", "--label", "kind=test");
    assertThat(failed.exitCode()).isEqualTo(1);
    file("done", "");
    file("ok", "");

    Run again = waymark("executions", "rerun", failed.id(), "--from-failed");
    assertThat(again.exitCode()).isZero();
    assertThat(again.lastLine()).isEqualTo("execution " + again.id() + " SUCCEEDED");
    assertThat(again.id()).isNotEqualTo(failed.id());
    assertThat(Files.readString(home.resolve("done"))).isEqualTo("publish 42 monday\nafter\n");
    Map<String, Object> shown = show(again.id());
    assertThat(shown).containsEntry("inputs", Map.of("day", "monday"));
    assertThat(labels(shown))
        .containsEntry("kind", "test")
        .containsEntry("waymark.rerun-of", failed.id());
    assertThat(attempts(shown, "prepare")).isEmpty();
    assertThat(attempts(shown, "other")).isEmpty();
    assertThat(attempts(shown, "publish")).hasSize(1);
    assertThat(list(shown, "taskRuns"))
        .extracting(run -> run.get("state"))
        .containsOnly("SUCCEEDED");
    assertThat(show(failed.id())).containsEntry("state", "FAILED");
    assertThat(
            list(
                parse(
                    waymark(
                            "executions",
                            "list",
                            "--label",
                            "waymark.rerun-of=" + failed.id(),
                            "-o",
                            "json")
                        .out()),
                "items"))
        .extracting(execution -> execution.get("id"))
        .containsExactly(again.id());
  }

  @Test
  @DisplayName("without --from-failed runs everything again, and names the earlier one as well")
  void whole() throws IOException {
    Run failed = runFile(REPORT);
    file("done", "");
    Run again = waymark("executions", "rerun", failed.id());
    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(Files.readAllLines(home.resolve("done")))
        .containsExactlyInAnyOrder("prepare", "other", "publish 42 today");
    assertThat(labels(show(again.id()))).containsEntry("waymark.rerun-of", failed.id());

    file("ok", "");
    Run third = waymark("executions", "rerun", again.id(), "--from-failed", "-o", "json");
    assertThat(third.exitCode()).isZero();
    assertThat(labels(parse(third.out()))).containsEntry("waymark.rerun-of", again.id());
  }

  @Test
  @DisplayName("--detach leaves the other tasks to a worker")
  void detached() throws IOException {
    Run failed = runFile(REPORT);
    file("done", "");
    file("ok", "");
    Run again = waymark("executions", "rerun", failed.id(), "--from-failed", "--detach");
    assertThat(again.exitCode()).isZero();
    assertThat(again.lastLine()).endsWith(" PENDING");
    assertThat(Files.readString(home.resolve("done"))).isEmpty();
    assertThat(waymark("worker", "--until-idle").exitCode()).isZero();
    assertThat(waymark("executions", "watch", again.id()).exitCode()).isZero();
    assertThat(Files.readString(home.resolve("done"))).isEqualTo("publish 42 today\nafter\n");
  }

  @Test
  @DisplayName("--from-failed of an execution that has not ended, or is unknown, is refused")
  void refused() {
    String id = runFile(REPORT, "--detach").id();
    Run early = waymark("executions", "rerun", id, "--from-failed");
    assertThat(early)
        .isEqualTo(
            new Run(
                2,
                "",
                "waymark: the results of execution "
                    + id
                    + " cannot be kept: it is PENDING; wait for its end\n"));
    assertThat(waymark("executions", "rerun", "ffffffff", "--from-failed").exitCode()).isEqualTo(4);
    assertThat(parse(waymark("executions", "list", "-o", "json").out())).containsEntry("total", 1);
  }

  private Map<String, Object> show(String execution) {
    return parse(waymark("executions", "show", execution, "-o", "json").out());
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> labels(Map<String, Object> execution) {
    return (Map<String, Object>) execution.get("labels");
  }

  private static List<Map<String, Object>> attempts(Map<String, Object> execution, String task) {
    return list(execution, "taskRuns").stream()
        .filter(run -> run.get("taskId").equals(task))
        .flatMap(run -> list(run, "attempts").stream())
        .toList();
  }
}
