package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.testkit.Await;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes of a log file by another program while its attempt runs. */
@DisplayName("A log file")
class LogFilesTest extends RunnerFixture {
  private static final String LOG = "log=$(dirname \"$WAYMARK_OUTPUT\")/../a.1.log\n";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mv \"$log\" elsewhere",
        "rm \"$log\"",
        "rm \"$log\"; echo other > \"$log\"",
        "rm \"$log\"; mkfifo \"$log\"",
        "rm \"$log\"; ln -s /dev/zero \"$log\"",
        "ln \"$log\" elsewhere; rm \"$log\"",
        "chmod 000 \"$log\"; chmod 600 \"$log\"",
      })
  @DisplayName("that loses its name loses no output")
  void thatLosesItsNameLosesNothingThatWasWritten(String command) throws Exception {
    ExecutionId id = start(flow("flow").task("a", LOG + "echo one\n" + command + "\necho two"));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(stored(id)).isEqualTo("one\ntwo\n");
    assertThat(Files.readString(file(id))).isEqualTo("one\ntwo\n");
  }

  @Test
  @DisplayName("of a handler is stored, also when it begins long after the handler")
  void ofAHandlerIsStoredAlsoWhenItBeginsLate() throws Exception {
    ExecutionId id = start(flow("flow").task("a", "").uses("late"));
    Runner runner =
        runner(
            builder()
                .handler(
                    "late",
                    context -> {
                      touch("up");
                      awaitFile("go");
                      context.log("one");
                    }));
    var result = runInBackground(runner, id);
    awaitFile("up");
    Await.until("the attempt", () -> state(id) == ExecutionState.RUNNING);
    // The runner has looked for the log by now, and found none.
    assertThat(runner.run(start(flow("other").task("b", "true"))))
        .isEqualTo(ExecutionState.SUCCEEDED);
    touch("go");
    assertThat(result.join()).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(stored(id)).isEqualTo("one\n");
  }

  @Test
  @DisplayName("is never written through a link of another user")
  void areWrittenThroughNoLinkOfAnotherUser() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "giving a file away needs root");
    Path real = Files.createDirectory(folder.resolve("real"));
    Path link = Files.createSymbolicLink(folder.resolve("logs"), real);
    Files.setAttribute(link, "unix:uid", 65_534, LinkOption.NOFOLLOW_LINKS);
    ExecutionId id = start(flow("flow").task("a", "touch ran"));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(error(id)).contains("another user");
    assertThat(folder.resolve("ran")).doesNotExist();
    assertThat(real).isEmptyDirectory();
  }

  @Test
  @DisplayName("that is truncated is stored with a mark and without invented output")
  void thatIsTruncatedIsStoredWithAMarkAndNothingIsInvented() {
    ExecutionId id =
        start(
            flow("flow")
                .task(
                    "a",
                    LOG
                        + "echo one; while ! test -f go; do sleep 0.02; done\n"
                        + ": > \"$log\"; echo two"));
    var result = runInBackground(runner(), id);
    Await.until("the first line", () -> stored(id).equals("one\n"));
    touch("go");
    assertThat(result.join()).isEqualTo(ExecutionState.SUCCEEDED);
    String stored = stored(id);
    assertThat(stored).startsWith("one\n\n[waymark] the log file was ").endsWith(" here\ntwo\n");
    assertThat(stored).doesNotContain("\0").contains(" by another process after 4 bytes");
  }

  private Path file(ExecutionId id) {
    return runner().logs().path(id, new TaskId("a"), 1);
  }

  private String stored(ExecutionId id) {
    return attempts(id, "a").isEmpty()
        ? ""
        : new String(
            store.log(attempts(id, "a").get(0).id(), 0, 10_000).bytes(), StandardCharsets.UTF_8);
  }
}
