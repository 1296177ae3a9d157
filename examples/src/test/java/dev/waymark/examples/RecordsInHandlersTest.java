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

@DisplayName("Example: handlers that get and give Java records")
class RecordsInHandlersTest {
  @TempDir Path folder = Path.of("");

  @Test
  @DisplayName("passes a record from handler to handler")
  void ships() {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      RecordsInHandlers.main(new String[] {folder.resolve("orders.db").toString()});
    } finally {
      System.setOut(before);
    }
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .containsExactly("shipping tea from shelf B4", "SUCCEEDED");
  }

  @Test
  @DisplayName("is shown in the documentation as it is compiled and run")
  void shown() throws IOException {
    assertThat(Excerpts.embedding()).contains(Excerpts.of("RecordsInHandlers"));
  }
}
