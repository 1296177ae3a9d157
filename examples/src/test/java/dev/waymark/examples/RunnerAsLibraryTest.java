package dev.waymark.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Example: the runner as a library")
class RunnerAsLibraryTest {
  @TempDir Path folder = Path.of("");

  @Test
  @DisplayName("two handlers run in this program, and the second receives the output of the first")
  void runs() {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      RunnerAsLibrary.main(new String[] {folder.resolve("orders.db").toString()});
    } finally {
      System.setOut(before);
    }
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .containsExactly("paid by EUR1250", "SUCCEEDED");
  }

  @Test
  @DisplayName("takes less than 40 lines")
  void isShort() throws IOException {
    Path source = Path.of("src/main/java/dev/waymark/examples/RunnerAsLibrary.java");
    String text = Files.readString(source);
    String body = text.substring(text.indexOf("public final class"));
    assertThat(body.lines().filter(line -> !line.isBlank()).count()).isLessThan(40);
  }
}
