package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.cli.internal.Cli;
import dev.waymark.cli.internal.base.Surroundings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("streams")
class StreamsTest extends CliTest {
  private static OutputStream broken(String message) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException(message);
      }
    };
  }

  @Test
  @DisplayName("a closed pipe, as with head, ends the command without a message")
  void closedPipe() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    assertThat(waymark(broken("Broken pipe"), err, "--help")).isZero();
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  @DisplayName("a failed execution exits with 1 even if standard output is closed")
  void closedPipeOfFailedRun() {
    file("flow.yaml", FAILING);
    assertThat(
            waymark(
                broken("Broken pipe"),
                OutputStream.nullOutputStream(),
                "run",
                "-f",
                "flow.yaml",
                "-o",
                "json"))
        .isEqualTo(1);
  }

  @Test
  @DisplayName("a closed standard error has no effect")
  void closedStandardError() {
    file("flow.yaml", HELLO);
    assertThat(
            waymark(
                OutputStream.nullOutputStream(), broken("Broken pipe"), "run", "-f", "flow.yaml"))
        .isZero();
  }

  @Test
  @DisplayName("output is UTF-8 on every platform")
  void utf8() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    file("flow.yaml", "id: x\ndescription: Grüße 世界 🎉\ntasks: {a: {run: echo}}\n");
    waymark("apply", "-f", "flow.yaml");
    waymark(out, OutputStream.nullOutputStream(), "workflows", "list");
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("Grüße 世界 🎉");
  }

  @Test
  @DisplayName("an internal error has its own exit code, and a stack trace only with -v")
  void brokenClock() {
    makeStore();
    assertThat(internalError())
        .startsWith(
            "70 waymark: internal error: java.lang.IllegalStateException: on purpose; run it again"
                + " with -v")
        .doesNotContain("\tat ");
    assertThat(internalError("-v")).contains("\tat ");
  }

  @Test
  @DisplayName("-v shows the stack trace of any error")
  void verbose() {
    makeStore();
    assertThat(waymark("-v", "executions", "show", "ffff").err())
        .contains("waymark: no execution", "\tat ");
    assertThat(waymark("executions", "show", "ffff", "--verbose").err()).contains("\tat ");
  }

  /** Creates the store, because commands that only read do not create one. */
  private void makeStore() {
    assertThat(waymark("pools", "set", "any", "--slots", "1").exitCode()).isZero();
  }

  private String internalError(String... more) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Surroundings surroundings =
        new Surroundings(
            environment,
            home,
            home,
            InputStream.nullInputStream(),
            OutputStream.nullOutputStream(),
            err,
            terminal,
            () -> {
              throw new IllegalStateException("on purpose");
            },
            () -> ZONE);
    String[] words = new String[more.length + 2];
    words[0] = "workflows";
    words[1] = "list";
    System.arraycopy(more, 0, words, 2, more.length);
    int exitCode = new Cli(surroundings).run(words);
    return exitCode + " " + err.toString(StandardCharsets.UTF_8);
  }
}
