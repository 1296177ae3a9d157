package dev.waymark.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.StateStore;
import dev.waymark.sqlite.SqliteStateStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Example: an orchestrator with a graph of its own")
class OwnOrchestratorTest {
  @TempDir Path folder = Path.of("");

  @Test
  @DisplayName("runs each task after those that it needs")
  void runs() throws InterruptedException {
    Path file = folder.resolve("report.db");
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      OwnOrchestrator.main(new String[] {file.toString()});
    } finally {
      System.setOut(before);
    }
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "working on fetch",
            "working on clean",
            "working on count",
            "working on publish",
            "SUCCEEDED");
    try (StateStore store = SqliteStateStore.open(file)) {
      var execution = store.executions(ExecutionQuery.all()).items().get(0);
      assertThat(store.payload(PayloadRef.resultOf(execution.id())).text())
          .isEqualTo("\"publish is done\"");
    }
  }

  @Test
  @DisplayName("has fewer than 80 lines, and the documentation shows them as they are run")
  void shown() throws IOException {
    Path source = Path.of("src/main/java/dev/waymark/examples/OwnOrchestrator.java");
    assertThat(Files.readAllLines(source)).hasSizeLessThan(80);
    assertThat(Excerpts.embedding()).contains(Excerpts.of("OwnOrchestrator"));
  }
}
