package dev.waymark.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.JavaProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Commits on a disk whose syncs fail")
class SqliteFailingDiskTest {
  private static final int COMMITS = 12;

  @TempDir Path folder = Path.of("");
  private Path file = Path.of("");
  private Path log = Path.of("");

  @BeforeEach
  void createTheStore() {
    file = folder.resolve("waymark.db");
    log = folder.resolve("log");
    try (StateStore store = SqliteStateStore.open(file)) {
      Sample.saveWorkflow(store);
    }
  }

  @ParameterizedTest(name = "from sync {0} on, {1}")
  @CsvSource({"1, sync", "2, sync", "6, sync", "6, async", "9, sync"})
  @DisplayName("strace: when every sync fails from some point on, no later commit is acknowledged")
  void everySyncFails(int from, String how) throws Exception {
    assumeThat(runs("strace", "-o", "/dev/null", "true"))
        .as("strace is installed and may trace (skipped)")
        .isTrue();
    List<String> launcher =
        List.of(
            "strace",
            "-f",
            "-o",
            "/dev/null",
            "-e",
            "trace=fsync,fdatasync",
            "-e",
            "signal=none",
            "-e",
            "inject=fsync,fdatasync:error=EIO:when=" + from + "+");
    run(launcher, how);

    List<String> answers = Files.readAllLines(log);
    List<String> afterFailure =
        answers.stream().dropWhile(line -> !line.startsWith("refused")).toList();
    assertThat(afterFailure).as("%s", answers).noneMatch(line -> line.startsWith("acknowledged"));
    assertThat(afterFailure).last().isEqualTo("end");
    assertThat(ids(afterFailure, "refused")).as("%s", answers).hasSizeGreaterThan(1);
    assertAcknowledgedIsStored(file, answers);
  }

  @ParameterizedTest(name = "syncs {0} to {1} fail")
  @CsvSource({
    "6, 1000000",
    "1, 1000000",
    "3, 3",
    "4, 4",
    "5, 5",
    "6, 6",
    "7, 7",
    "4, 5",
    "6, 7",
    "4, 6",
    "5, 8",
    "5, 9",
    "6, 12"
  })
  @DisplayName("preload: acknowledged commits survive a loss of power")
  void powerIsLost(int from, int to) throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    Files.copy(file, disk.resolve("waymark.db"));
    Path library = compile("failing-disk.c");
    run(
        List.of(
            "env",
            "LD_PRELOAD=" + library,
            "FAIL_FROM=" + from,
            "FAIL_TO=" + to,
            "FAIL_LOG=" + log,
            "FAIL_DISK=" + disk),
        "sync");

    List<String> lines = Files.readAllLines(log);
    assertThat(lines).as("%s", lines).anyMatch(line -> line.startsWith("failed"));
    boolean failed = false;
    for (String line : lines) {
      failed = line.startsWith("failed") || (failed && !line.startsWith("synced"));
      assertThat(failed && line.startsWith("acknowledged"))
          .as("acknowledged without a sync since one failed: %s", lines)
          .isFalse();
    }
    if (to < 100) {
      assertThat(ids(lines, "acknowledged")).as("%s", lines).hasSize(COMMITS);
    }
    assertAcknowledgedIsStored(disk.resolve("waymark.db"), lines);
  }

  private void run(List<String> launcher, String how) {
    try (JavaProcess process =
        JavaProcess.startBy(
            launcher,
            List.of(),
            CommitterOnFailingDisk.class,
            file.toString(),
            log.toString(),
            Integer.toString(COMMITS),
            how)) {
      assertThat(process.waitFor()).isZero();
    }
  }

  private static void assertAcknowledgedIsStored(Path file, List<String> lines) {
    List<String> missing = new ArrayList<>();
    try (StateStore store = SqliteStateStore.open(file)) {
      for (String id : ids(lines, "acknowledged")) {
        if (store.execution(ExecutionId.of(id)) == null) {
          missing.add(id);
        }
      }
    }
    assertThat(missing).as("acknowledged and lost, of %s", lines).isEmpty();
  }

  private static Set<String> ids(List<String> lines, String answer) {
    return lines.stream()
        .filter(line -> line.startsWith(answer + " "))
        .map(line -> line.split(" ", 3)[1])
        .collect(Collectors.toSet());
  }

  private Path compile(String source) throws IOException, InterruptedException {
    assumeThat(runs("gcc", "--version")).as("gcc is installed (skipped)").isTrue();
    Path text = folder.resolve(source);
    try (InputStream from =
        Objects.requireNonNull(SqliteFailingDiskTest.class.getResourceAsStream(source))) {
      Files.copy(from, text);
    }
    Path library = folder.resolve("failing-disk.so");
    assertThat(runs("gcc", "-shared", "-fPIC", "-o", "" + library, "" + text, "-ldl")).isTrue();
    return library;
  }

  private static boolean runs(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
