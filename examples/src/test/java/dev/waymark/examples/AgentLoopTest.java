package dev.waymark.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Example: an agent that calls a model and tools in turn")
class AgentLoopTest {
  @TempDir Path folder = Path.of("");

  @Test
  @DisplayName("runs a turn again until the model has an answer, and then reports it")
  void turns() {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      AgentLoop.main(new String[] {folder.resolve("agent.db").toString()});
    } finally {
      System.setOut(before);
    }
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "how warm is it in Oslo?",
            "call: find Oslo",
            "59.9, 10.7",
            "call: weather at 59.9, 10.7",
            "12 degrees",
            "answer: 12 degrees",
            "SUCCEEDED",
            "turn SUCCEEDED",
            "report SUCCEEDED",
            "turn#2 SUCCEEDED",
            "turn#3 SUCCEEDED");
  }

  @Test
  @DisplayName("is shown in the documentation as it is compiled and run")
  void shown() throws IOException {
    assertThat(Excerpts.embedding()).contains(Excerpts.of("AgentLoop"));
  }
}
