package dev.waymark.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.cli.Main;
import dev.waymark.testkit.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Example workflows, run from the root of this repository")
class WorkflowExamplesIT {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  @TempDir Path folder = Path.of("");

  @Test
  @DisplayName(
      "source-report checks, counts, packs and checksums this source tree; its flaky step succeeds at attempt 2")
  void sourceReport() throws IOException {
    Path out = folder.resolve("report");
    List<String> lines = run(0, "run", "-f", "examples/source-report.yaml", "-p", "out=" + out);
    String last = lines.get(lines.size() - 1);
    assertThat(last).matches("execution [0-9a-f-]{36} SUCCEEDED");
    assertThat(Files.readString(out.resolve("report.md")))
        .contains("| java |")
        .contains("Packed and delivered");
    assertThat(Files.size(out.resolve("delivered/sources.tar.gz"))).isPositive();

    String id = last.split(" ", -1)[1];
    List<String> deliver =
        run(0, "task-runs", "list", id, "-o", "jsonl").stream()
            .filter(line -> line.contains("\"deliver\""))
            .toList();
    assertThat(deliver).hasSize(1);
    String taskRun = deliver.get(0).replaceFirst(".*?\"id\": ?\"([0-9a-f-]+)\".*", "$1");
    List<String> attempts = run(0, "attempts", "list", taskRun, "-o", "jsonl");
    assertThat(attempts).hasSize(2);
    assertThat(attempts.get(0)).contains("\"number\":1").contains("FAILED").contains("75");
    assertThat(attempts.get(1)).contains("\"number\":2").contains("SUCCEEDED");
  }

  @Test
  @DisplayName("fan-out counts the words of a text in four parts at the same time")
  void fanOut() throws IOException {
    Path out = folder.resolve("fan-out");
    run(0, "run", "-f", "examples/fan-out.yaml", "-p", "text=LICENSE", "-p", "out=" + out);
    assertThat(Files.readAllLines(out.resolve("words.txt")))
        .hasSize(10)
        .anyMatch(line -> line.endsWith(" license"));
  }

  @Test
  @DisplayName("failure ends with exit code 1, and the tasks that need the failed one are skipped")
  void failure() {
    List<String> lines = run(1, "run", "-f", "examples/failure.yaml");
    String last = lines.get(lines.size() - 1);
    assertThat(last).endsWith(" FAILED");
    assertThat(run(0, "task-runs", "list", last.split(" ", -1)[1], "-o", "jsonl"))
        .anyMatch(line -> line.contains("\"check\"") && line.contains("FAILED"))
        .anyMatch(line -> line.contains("\"publish\"") && line.contains("SKIPPED"));
  }

  private List<String> run(int exitCode, String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = "--store";
    all[1] = "sqlite:" + folder.resolve("waymark.db");
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    try (JavaProcess waymark = JavaProcess.start(ROOT, List.of(), Main.class, all)) {
      List<String> lines = waymark.readLines();
      assertThat(waymark.waitFor()).as(String.join(" ", all)).isEqualTo(exitCode);
      return lines;
    }
  }
}
