package dev.waymark.runner.internal.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waymark.runner.definition.InheritedEnv;
import dev.waymark.runner.internal.attempt.LogTail;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a script does to its streams: what was written stays, in order. */
@DisplayName("The streams of a script")
@Timeout(120)
class ScriptStreamsTest {
  @TempDir Path folder;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

  @AfterEach
  void endTimer() {
    timer.shutdownNow();
  }

  @Test
  @DisplayName("are appended to when a script opens them by name")
  void aStreamThatIsOpenedByItsNameIsAppendedTo() throws Exception {
    ProcessEnd end =
        run(
            """
            echo one
            echo two > /dev/stderr
            echo three
            echo four > /dev/stdout
            sh -c 'echo five > /proc/self/fd/2'
            exec 2> /dev/stdout
            echo six >&2
            """);
    assertThat(end.succeeded()).isTrue();
    assertThat(log()).isEqualTo("one\ntwo\nthree\nfour\nfive\nsix\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "truncate -s 0 /dev/stdout",
        "truncate -s 0 /proc/$$/fd/1",
        "dd if=/dev/null of=/dev/stderr",
        "rm -f /proc/self/fd/1",
        "mv /proc/self/fd/1 elsewhere",
        "cp /dev/null /dev/stderr",
        "perl -e 'truncate(STDOUT, 0); seek(STDOUT, 0, 0); sysseek(STDERR, 0, 0)'",
        ": | tee /dev/stderr > /dev/stdout",
        "cat /dev/null > /dev/stderr",
      })
  @DisplayName("keep what was written, whatever the script does to them")
  void nothingThatAScriptDoesToItsStreamsTakesBackWhatWasWritten(String command) throws Exception {
    ProcessEnd end = run("echo one\n{ " + command + "; } 2> /dev/null || :\necho two");
    assertThat(end.succeeded()).isTrue();
    assertThat(log()).isEqualTo("one\ntwo\n");
  }

  @Test
  @DisplayName("contain the whole lines of several processes")
  void theLinesOfSeveralProcessesAreAllThereAndWhole() throws Exception {
    ProcessEnd end =
        run(
            """
            for p in 1 2 3 4; do
              (i=0; while [ $i -lt 500 ]; do i=$((i+1)); echo "$p-$i" > /dev/stderr; done) &
            done
            wait
            """);
    assertThat(end.succeeded()).isTrue();
    List<String> lines = log().lines().toList();
    assertThat(lines).hasSize(2_000).doesNotHaveDuplicates().allMatch(l -> l.matches("\\d-\\d+"));
    assertThat(lines.stream().filter(l -> l.startsWith("3-")))
        .startsWith("3-1", "3-2", "3-3")
        .endsWith("3-499", "3-500");
  }

  @ParameterizedTest
  @ValueSource(strings = {"kill -9 $$", "kill -9 0", "exit 3", "kill -TERM $$"})
  @DisplayName("are in the log to the last byte, however the script ends")
  void theLastBytesAreInTheLogHoweverTheScriptEnds(String last) throws Exception {
    ProcessEnd end = run("head -c 300000 /dev/zero | tr '\\000' x\necho last\n" + last);
    assertThat(end.succeeded()).isFalse();
    assertThat(log()).hasSize(300_005).endsWith("xlast\n");
  }

  @Test
  @DisplayName("are in the log to the last byte of a script that is killed after its time-out")
  void theLastBytesAreInTheLogOfAScriptThatIsKilledAfterItsTimeOut() throws Exception {
    String script = "trap 'echo asked' TERM\nwhile :; do sleep 0.05 || :; done";
    AttemptFiles files = AttemptFiles.of(folder.resolve("logs/a.1.log"));
    ProcessEnd end = run(script, files, Duration.ofMillis(500), Duration.ofMillis(500));
    assertThat(end.exitCode()).isEqualTo(137);
    assertThat(log()).endsWith("asked\n");
  }

  @Test
  @DisplayName("do not keep the task running when a daemon keeps them open")
  void aDaemonThatKeepsTheStreamsOpenDoesNotKeepTheTaskOpen() throws Exception {
    assumeTrue(ProcessGroups.of(ProcessGroups.Way.SETSID) != null, "this system has no setsid");
    ProcessEnd end =
        run(
            """
            echo one
            setsid sh -c 'echo two; echo $$ > new; mv new daemon; exec sleep 300' &
            while ! test -s daemon; do sleep 0.01; done
            echo three
            """);
    assertThat(end.succeeded()).isTrue();
    assertThat(log()).isEqualTo("one\ntwo\nthree\n");
    long daemon = Long.parseLong(Files.readString(folder.resolve("daemon")).strip());
    assertThat(ProcessHandle.of(daemon).orElseThrow().destroyForcibly()).isTrue();
  }

  @Test
  @DisplayName("do not affect the script when the log cannot be written")
  void aLogThatCannotBeWrittenDoesNotHarmTheScript() throws Exception {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "this system has no /dev/full");
    AttemptFiles files =
        new AttemptFiles(full, folder.resolve("logs/a.1.pid"), folder.resolve("logs/a.1.files"));
    Files.createDirectories(folder.resolve("logs"));
    ProcessEnd end =
        run("head -c 300000 /dev/zero\ntouch done", files, null, Duration.ofMinutes(1));
    assertThat(end).isEqualTo(new ProcessEnd(ProcessEnd.Cause.ITSELF, 0, null));
    assertThat(folder.resolve("done")).exists();
  }

  @Test
  @DisplayName("continue after a mark when the log was truncated or overwritten")
  void aLogThatWasTruncatedOrOverwrittenIsReadOnAfterAMark() throws Exception {
    Path log = folder.resolve("log");
    Files.writeString(log, "one\ntwo\n");
    try (LogTail tail = LogTail.open(log)) {
      assertThat(next(tail)).isEqualTo("one\ntwo\n");
      Files.writeString(log, "x\n");
      assertThat(next(tail))
          .isEqualTo(
              "\n"
                  + "[waymark] the log file was truncated by another process after 8 bytes were"
                  + " read; output may be missing here\n");
      assertThat(next(tail)).isEqualTo("x\n");
      assertThat(next(tail)).isEmpty();
      Files.writeString(log, "something longer\n");
      assertThat(next(tail))
          .isEqualTo(
              "\n"
                  + "[waymark] the log file was overwritten by another process after 2 bytes were"
                  + " read; output may be missing here\n");
      assertThat(next(tail)).isEqualTo("something longer\n");
      Files.writeString(log, "more\n", StandardOpenOption.APPEND);
      assertThat(next(tail)).isEqualTo("more\n");
    }
  }

  private static String next(LogTail tail) throws Exception {
    return new String(tail.next(1_000), StandardCharsets.UTF_8);
  }

  private ProcessEnd run(String script) throws Exception {
    AttemptFiles files = AttemptFiles.of(folder.resolve("logs/a.1.log"));
    return run(script, files, null, Duration.ofMinutes(1));
  }

  private ProcessEnd run(
      String script,
      AttemptFiles files,
      @org.jspecify.annotations.Nullable Duration timeout,
      Duration grace)
      throws Exception {
    files.prepare();
    ShellCommand command =
        new ShellCommand(script, folder, Map.of(), InheritedEnv.ALL, files, timeout);
    return TaskProcess.start(command, ProcessGroups.detect(), timer, grace)
        .ended()
        .get(100, TimeUnit.SECONDS);
  }

  private String log() throws Exception {
    return Files.readString(folder.resolve("logs/a.1.log"));
  }
}
