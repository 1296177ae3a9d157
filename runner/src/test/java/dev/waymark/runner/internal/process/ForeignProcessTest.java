package dev.waymark.runner.internal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waymark.worker.internal.lease.ProcStat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes of another user, which the worker may not signal: a worker without CAP_KILL and a child
 * that has changed its user, as by {@code sudo}. Needs root and {@code setpriv}.
 */
@DisplayName("A process of another user")
@Timeout(120)
class ForeignProcessTest {
  private static final Pattern LEFT =
      Pattern.compile("process (\\d+) \\((sleep)\\) of user (\\w+)");

  @TempDir Path folder;
  private long left;

  @BeforeEach
  void needRights() throws Exception {
    boolean can;
    try {
      can = new ProcessBuilder("setpriv", "--bounding-set=-kill", "true").start().waitFor() == 0;
    } catch (java.io.IOException e) {
      can = false;
    }
    assumeTrue(can, "this test needs root and setpriv, to run a worker without CAP_KILL");
    assumeTrue(ProcStat.supported(), "only Linux says which processes are in a group");
  }

  @AfterEach
  void endWhatIsLeft() {
    if (left > 0) {
      ProcessHandle.of(left).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  @Test
  @DisplayName("that is the script itself ends the attempt with its time-out and is named")
  void thatIsTheScriptItselfEndsWithItsTimeOutForTheAttemptAndIsNamed() throws Exception {
    String end = run("exec setpriv --reuid=65534 --clear-groups sleep 300");
    assertThat(end).startsWith("TIMED_OUT|timed out after 500ms|process ");
    assertLeft(end);
  }

  @Test
  @DisplayName("that a script left running is named in its log")
  void thatAScriptLeftBehindIsNamedInItsLog() throws Exception {
    String end =
        run(
            "setpriv --reuid=65534 --clear-groups sleep 300 > /dev/null 2>&1 &\n"
                + "while ! grep -qs sleep /proc/$!/comm; do sleep 0.01; done\n"
                + "echo done");
    assertThat(end).startsWith("ITSELF|null|process ");
    assertLeft(end);
    assertThat(Files.readString(folder.resolve("a.1.log")))
        .startsWith("done\n[waymark] could not be ended and still runs: process " + left);
  }

  private void assertLeft(String end) {
    Matcher matcher = LEFT.matcher(end);
    assertThat(matcher.find()).as(end).isTrue();
    left = Long.parseLong(matcher.group(1));
    assertThat(ProcessGroupsTest.runs(left)).isTrue();
    assertThat(matcher.group(3)).isNotEqualTo("root");
  }

  private String run(String script) throws Exception {
    Process worker =
        new ProcessBuilder(
                List.of(
                    "setpriv",
                    "--bounding-set=-kill",
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    ForeignProcessProbe.class.getName(),
                    folder.toString(),
                    script))
            .inheritIO()
            .start();
    assertThat(worker.waitFor(100, TimeUnit.SECONDS)).isTrue();
    assertThat(worker.exitValue()).isZero();
    return Files.readString(folder.resolve("end"));
  }
}
