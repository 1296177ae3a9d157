package dev.waymark.runner.internal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waymark.runner.definition.InheritedEnv;
import dev.waymark.runner.internal.process.ProcessEnd.Cause;
import dev.waymark.runner.internal.process.ProcessGroups.Way;
import dev.waymark.testkit.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Scripts as real processes: their input, their end, and that nothing remains of them. */
@DisplayName("A script as a process")
@Timeout(60)
class TaskProcessTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(200);

  @TempDir Path folder;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private ProcessGroups groups = ProcessGroups.detect();

  @AfterEach
  void endTimer() {
    timer.shutdownNow();
  }

  @Test
  @DisplayName("succeeds when it ends normally, and both its streams are in the log in order")
  void aScriptThatEndsWellSucceedsAndBothItsStreamsAreInTheLogInOrder() throws Exception {
    ProcessEnd end = run("echo one; echo two >&2; echo three");
    assertThat(end).isEqualTo(new ProcessEnd(Cause.ITSELF, 0, null));
    assertThat(log()).isEqualTo("one\ntwo\nthree\n");
  }

  @Test
  @DisplayName("has its exit code reported")
  void theExitCodeOfAScriptIsReported() throws Exception {
    assertThat(run("exit 7")).isEqualTo(new ProcessEnd(Cause.ITSELF, 7, "exited with code 7"));
  }

  @Test
  @DisplayName("ends at the first command that fails")
  void theFirstCommandThatFailsEndsTheScript() throws Exception {
    assertThat(run("echo before; false; echo after").exitCode()).isEqualTo(1);
    assertThat(log()).isEqualTo("before\n");
  }

  @Test
  @DisplayName("that is killed by a signal has the signal reported")
  void aScriptKilledByASignalSaysWhichOne() throws Exception {
    assertThat(run("kill -9 $$").error()).isEqualTo("killed by signal 9 (SIGKILL)");
    assertThat(run("kill -TERM $$").error()).isEqualTo("killed by signal 15 (SIGTERM)");
    assertThat(run("exit 200").error()).isEqualTo("exited with code 200");
  }

  @Test
  @DisplayName("has an empty standard input")
  void aScriptThatReadsItsInputFindsItEmpty() throws Exception {
    assertThat(run("cat; echo read").succeeded()).isTrue();
    assertThat(log()).isEqualTo("read\n");
  }

  @Test
  @DisplayName("can write much output without a reader")
  void muchOutputNeedsNobodyToReadIt() throws Exception {
    assertThat(run("head -c 20000000 /dev/zero").succeeded()).isTrue();
    assertThat(Files.size(logFile())).isEqualTo(20_000_000);
  }

  @Test
  @DisplayName("receives variables byte for byte")
  void variablesReachTheScriptByteForByte() throws Exception {
    Map<String, String> env = Map.of("WORD", "Zürich – '$HOME' \"%d\" \\n\n\n", "DASH", "-é");
    ShellCommand command = command("printf '%s|%s|ß' \"$WORD\" \"$DASH\"", folder, env, null);
    assertThat(start(command).ended().get().succeeded()).isTrue();
    assertThat(log()).isEqualTo(env.get("WORD") + "|-é|ß");
  }

  @Test
  @DisplayName("receives variables byte for byte also in an ASCII locale")
  void variablesReachTheScriptByteForByteAlsoWhereTheLocaleKnowsOnlyAscii() throws Exception {
    Map<String, String> env = Map.of("WORD", "Zürich – '$HOME' \"%d\" \\n\n\n", "DASH", "-é");
    ShellCommand command = command("printf '%s|%s|ß' \"$WORD\" \"$DASH\"", folder, env, null);
    command.files().prepare();
    ShellCommand.Started started =
        command.start(groups, Path.of("/bin/sh"), StandardCharsets.US_ASCII);
    assertThat(started.leader().waitFor()).isZero();
    assertThat(started.logWriter().waitFor()).isZero();
    assertThat(log()).isEqualTo(env.get("WORD") + "|-é|ß");
  }

  @Test
  @DisplayName("in a missing directory is reported clearly")
  void aDirectoryThatIsMissingIsSaidClearly() {
    Path missing = folder.resolve("missing");
    assertThatIOException()
        .isThrownBy(() -> start(command("true", missing, Map.of(), null)))
        .withMessage("working directory " + missing + " does not exist");
  }

  @Test
  @DisplayName("with a missing shell is reported clearly")
  void aShellThatIsMissingIsSaidClearly() {
    ShellCommand command = command("true", folder, Map.of(), null);
    assertThatIOException()
        .isThrownBy(() -> command.start(groups, folder.resolve("no-shell"), StandardCharsets.UTF_8))
        .withMessage("shell " + folder.resolve("no-shell") + " cannot be executed");
  }

  @Test
  @DisplayName("with a log directory that cannot be created is reported clearly")
  void aLogDirectoryThatCannotBeMadeIsSaidClearly() throws Exception {
    Files.writeString(folder.resolve("logs"), "a file");
    assertThatIOException()
        .isThrownBy(() -> start(command("true")))
        .withMessageContaining("log directory " + folder.resolve("logs") + " cannot be made");
  }

  @Test
  @DisplayName("with an invalid variable is reported clearly")
  void aVariableThatNoProcessCanHaveIsSaidClearly() {
    assertThatIOException()
        .isThrownBy(() -> start(command("true", folder, Map.of("X", "a\0b"), null)))
        .withMessageContaining("the environment cannot be given to a process");
  }

  @Test
  @DisplayName("may have any length")
  void aScriptMayBeOfAnyLength() throws Exception {
    assertThat(run("#" + "x".repeat(5_000_000) + "\necho done").succeeded()).isTrue();
    assertThat(log()).isEqualTo("done\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-x", "+x", "--", "-c"})
  @DisplayName("may begin like an option")
  void aScriptMayBeginLikeAnOption(String begin) throws Exception {
    ProcessEnd end = run(begin + " || echo \"$?\"\necho done");
    assertThat(end.succeeded()).isTrue();
    assertThat(log()).endsWith("127\ndone\n");
  }

  @Test
  @DisplayName("is in no list of processes, and only its owner can read it")
  void aScriptIsInNoListOfProcessesAndOnlyItsOwnerCanReadIt() throws Exception {
    ProcessEnd end =
        run("cat /proc/$$/cmdline; echo; stat -c %a \"$0\" \"$(dirname \"$0\")\" # s3cret");
    assertThat(end.succeeded()).isTrue();
    assertThat(log()).doesNotContain("s3cret").endsWith("\n600\n700\n");
  }

  @ParameterizedTest
  @EnumSource(names = {"SETSID", "PERL"})
  @DisplayName("ends its grandchildren when it ends, and does not wait for them")
  void aFinishedScriptTakesItsGrandchildrenWithItAndDoesNotWaitForThem(Way way) throws Exception {
    use(way);
    ProcessEnd end =
        run("(sleep 300 & echo $! > child; wait) & while ! test -s child; do sleep 0.01; done");
    assertThat(end.succeeded()).isTrue();
    assertThat(ProcessGroupsTest.runs(number("child"))).isFalse();
  }

  @ParameterizedTest
  @EnumSource(names = {"SETSID", "PERL"})
  @DisplayName("kills a grandchild that ignores TERM")
  void aGrandchildThatIgnoresTermIsKilled(Way way) throws Exception {
    use(way);
    String stubborn = "sh -c 'trap \"\" TERM; echo $$ > child; while :; do sleep 0.1; done' &";
    ProcessEnd end = run(stubborn + " while ! test -s child; do sleep 0.01; done", null, SHORT);
    assertThat(end.succeeded()).isTrue();
    assertThat(ProcessGroupsTest.runs(number("child"))).isFalse();
  }

  @ParameterizedTest
  @EnumSource(names = {"SETSID", "PERL", "PLAIN"})
  @DisplayName("is ended by a time-out with its whole group")
  void aTimeOutEndsTheWholeGroup(Way way) throws Exception {
    use(way);
    ProcessEnd end = run("sleep 300 & echo $! > child; wait", Duration.ofMillis(300), LONG);
    assertThat(end.cause()).isEqualTo(Cause.TIMED_OUT);
    assertThat(end.error()).isEqualTo("timed out after 300ms");
    assertThat(ProcessGroupsTest.runs(number("child"))).isFalse();
  }

  @Test
  @DisplayName("that ignores TERM is killed after the grace time")
  void aScriptThatIgnoresTermIsKilledAfterTheGraceTime() throws Exception {
    TaskProcess task =
        start(command("trap '' TERM; echo $$ > child; while :; do sleep 0.1; done"), SHORT);
    number("child");
    task.end();
    assertThat(task.ended().get())
        .isEqualTo(new ProcessEnd(Cause.ASKED, 137, "killed by signal 9 (SIGKILL)"));
  }

  @Test
  @DisplayName("that is ended can clean up first")
  void aScriptThatIsEndedMayCleanUpFirst() throws Exception {
    TaskProcess task =
        start(
            command("trap 'echo bye; exit 3' TERM; echo $$ > child; while :; do sleep 0.05; done"),
            LONG);
    number("child");
    task.end();
    task.end();
    assertThat(task.ended().get().exitCode()).isEqualTo(3);
    assertThat(log()).endsWith("bye\n");
  }

  @Test
  @DisplayName("has a grandchild that can clean up, also after its shell has ended")
  void aGrandchildMayCleanUpAlsoWhenItsShellWentFirst() throws Exception {
    String child =
        "sh -c 'trap \"sleep 0.3; echo clean > cleaned; exit 0\" TERM; echo $$ > child; while :; do"
            + " sleep 0.05; done'";
    TaskProcess task = start(command(child + "; true"), LONG);
    number("child");
    task.end();
    assertThat(task.ended().get().cause()).isEqualTo(Cause.ASKED);
    assertThat(folder.resolve("cleaned")).exists();
  }

  @Test
  @DisplayName("that is ended before it has its group also ends at once")
  void aScriptThatIsEndedBeforeItHasItsGroupEndsAtOnceToo() throws Exception {
    for (int i = 0; i < 30; i++) {
      TaskProcess task = start(command("sleep 300"), LONG);
      task.end();
      assertThat(task.ended().get(30, TimeUnit.SECONDS).cause()).isEqualTo(Cause.ASKED);
    }
  }

  @Test
  @DisplayName("that has ended does not change when it is ended again")
  void endingAScriptThatHasEndedChangesNothing() throws Exception {
    TaskProcess task = start(command("true"), LONG);
    assertThat(task.ended().get().succeeded()).isTrue();
    task.end();
    assertThat(task.ended().get().succeeded()).isTrue();
  }

  @Test
  @DisplayName("has its group on record only while it runs")
  void theGroupIsOnRecordWhileTheScriptRunsAndNoLonger() throws Exception {
    ShellCommand command = command("cat '" + pidFile() + "'; echo $$");
    assertThat(start(command, LONG).ended().get().succeeded()).isTrue();
    List<String> lines = log().lines().toList();
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0)).isEqualTo(lines.get(1));
    assertThat(pidFile()).doesNotExist();
  }

  private void use(Way way) {
    ProcessGroups wanted = ProcessGroups.of(way);
    assumeTrue(wanted != null, "this system does not have " + way);
    groups = wanted == null ? groups : wanted;
  }

  private ProcessEnd run(String script) throws Exception {
    return run(script, null, LONG);
  }

  private ProcessEnd run(String script, @Nullable Duration timeout, Duration grace)
      throws Exception {
    Files.deleteIfExists(logFile());
    return start(command(script, folder, Map.of(), timeout), grace)
        .ended()
        .get(50, TimeUnit.SECONDS);
  }

  private TaskProcess start(ShellCommand command) throws IOException {
    return start(command, LONG);
  }

  private TaskProcess start(ShellCommand command, Duration grace) throws IOException {
    command.files().prepare();
    return TaskProcess.start(command, groups, timer, grace);
  }

  private ShellCommand command(String script) {
    return command(script, folder, Map.of(), null);
  }

  private ShellCommand command(
      String script, Path directory, Map<String, String> env, @Nullable Duration timeout) {
    return new ShellCommand(
        script, directory, env, InheritedEnv.ALL, AttemptFiles.of(logFile()), timeout);
  }

  private Path logFile() {
    return folder.resolve("logs/task.1.log");
  }

  private Path pidFile() {
    return folder.resolve("logs/task.1.pid");
  }

  private String log() throws IOException {
    return Files.readString(logFile());
  }

  private long number(String file) throws IOException {
    Path path = folder.resolve(file);
    Await.until(file, () -> path.toFile().length() > 0);
    return Long.parseLong(Files.readString(path).strip());
  }
}
