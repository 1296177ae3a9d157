package dev.waymark.sqlite;

import static dev.waymark.core.model.ExecutionState.CANCELLING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.conflict.IllegalTransitionException;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.JavaProcess;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Several processes on one SQLite file")
class SqliteProcessesIT {
  private static final int KILLS = 10;
  private static final int ACKNOWLEDGED_BEFORE_KILL = 60;

  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir Path folder = Path.of("");

  @Test
  @DisplayName("kill -9 loses no acknowledged commit, and leaves no part of a commit")
  void killed() throws Exception {
    Path file = folder.resolve("waymark.db");
    List<String> acknowledged = new ArrayList<>();
    for (int i = 0; i < KILLS; i++) {
      try (JavaProcess process =
          JavaProcess.start(SqliteProcesses.CommitForever.class, file.toString())) {
        for (int n = 0; n < ACKNOWLEDGED_BEFORE_KILL; n++) {
          acknowledged.add(Objects.requireNonNull(process.readLine()));
        }
        process.kill();
        process.readLines().stream().filter(line -> line.length() == 36).forEach(acknowledged::add);
      }
    }
    try (StateStore store = SqliteStateStore.open(file)) {
      for (String id : acknowledged) {
        assertWhole(Objects.requireNonNull(store.executionDetails(ExecutionId.of(id)), id));
      }
      long total = store.executions(ExecutionQuery.builder().limit(1).build()).total();
      assertThat(total).isBetween((long) acknowledged.size(), acknowledged.size() + 4L * KILLS);
    }
    Counts.check(file);
    try (Connection other = Sample.connect(file)) {
      assertThat(Sample.text(other, "PRAGMA integrity_check")).isEqualTo("ok");
    }
  }

  private static void assertWhole(ExecutionDetails details) {
    assertThat(details.taskRuns()).hasSize(3);
    assertThat(details.history()).hasSize(4);
  }

  @Test
  @DisplayName("kill -9 loses no returned claim, and what was not claimed is ready")
  void killedClaims() throws Exception {
    Path file = folder.resolve("waymark.db");
    try (StateStore store = SqliteStateStore.open(file)) {
      Sample.saveWorkflow(store);
      for (int i = 0; i < 5; i++) {
        ExecutionId execution = Sample.IDS.executionId();
        ChangeSet.Builder ready = ChangeSet.builder();
        Sample.createTaskRuns(store, execution, 500).forEach(ready::readyTaskRun);
        store.commit(ready.build());
        assertClaims(store, execution, claimUntilKilled(file));
        store.commit(ChangeSet.builder().updateExecution(execution, CANCELLING).build());
        assertThat(store.claim(ClaimRequest.of("clears", 1_000, HOUR)).claimed()).isEmpty();
      }
    }
    Leases.check(file);
  }

  private static Set<String> claimUntilKilled(Path file) throws Exception {
    Set<String> claimed = new HashSet<>();
    try (JavaProcess process =
        JavaProcess.start(SqliteProcesses.ClaimForever.class, file.toString())) {
      for (int n = 0; n < 20; n++) {
        assertThat(claimed.add(process.readLine())).isTrue();
      }
      process.kill();
      process.readLines().stream().filter(line -> line.length() == 36).forEach(claimed::add);
    }
    return claimed;
  }

  private static void assertClaims(StateStore store, ExecutionId execution, Set<String> returned) {
    int claimed = 0;
    for (ExecutionProgress.Item item : store.executionProgress(execution).taskRuns()) {
      boolean isClaimed = item.taskRun().state() == TaskRunState.RUNNING;
      claimed += isClaimed ? 1 : 0;
      assertThat(item.ready()).isEqualTo(!isClaimed);
      assertThat(item.attempts())
          .hasSize(isClaimed ? 1 : 0)
          .allMatch(attempt -> attempt.state() == AttemptState.RUNNING);
      assertThat(isClaimed || !returned.contains(item.taskRun().id().toString())).isTrue();
    }
    assertThat(claimed).isBetween(returned.size(), returned.size() + 4);
  }

  @Test
  @DisplayName(
      "a change set of 101 records with one refused changes nothing, and no reader sees a part of it")
  void wholeOrAbsent() {
    Path file = folder.resolve("waymark.db");
    try (StateStore store = SqliteStateStore.open(file)) {
      Sample.saveWorkflow(store);
      ExecutionId execution = Sample.IDS.executionId();
      List<TaskRunId> taskRuns = Sample.createTaskRuns(store, execution, 100);
      SqliteProcesses.startAll(store, execution, taskRuns);
      try (JavaProcess watcher =
          JavaProcess.start(SqliteProcesses.Watch.class, file.toString(), execution.toString())) {
        assertThat(watcher.readLine()).isEqualTo("watching");
        for (int i = 0; i < 20; i++) {
          refuseOneOf(store, execution, taskRuns, i);
        }
        store.commit(finish(execution, taskRuns).build());
        List<String> lines = watcher.readLines();
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0)).startsWith("reads ");
        assertThat(watcher.waitFor()).isZero();
      }
    }
  }

  private static void refuseOneOf(
      StateStore store, ExecutionId execution, List<TaskRunId> taskRuns, int i) {
    ExecutionDetails before = store.executionDetails(execution);
    ChangeSet.Builder changes = ChangeSet.builder();
    for (TaskRunId id : taskRuns) {
      changes.updateTaskRun(
          id, id.equals(taskRuns.get(i * 5)) ? TaskRunState.PENDING : TaskRunState.SUCCEEDED);
    }
    changes.updateExecution(execution, ExecutionState.SUCCEEDED);
    assertThatThrownBy(() -> store.commit(changes.build()))
        .isInstanceOf(IllegalTransitionException.class)
        .hasMessageContaining(taskRuns.get(i * 5).toString());
    assertThat(store.executionDetails(execution)).isEqualTo(before);
  }

  private static ChangeSet.Builder finish(ExecutionId execution, List<TaskRunId> taskRuns) {
    ChangeSet.Builder changes = ChangeSet.builder();
    taskRuns.forEach(id -> changes.updateTaskRun(id, TaskRunState.SUCCEEDED));
    return changes.updateExecution(execution, ExecutionState.SUCCEEDED);
  }

  @Test
  @DisplayName("10: that open a new file at the same moment all succeed, and lose no commit")
  void openAtOnce() {
    int processes = 4;
    int commits = 50;
    for (int round = 0; round < 3; round++) {
      Path file = folder.resolve("fresh-" + round + ".db");
      List<JavaProcess> started = new ArrayList<>();
      for (int i = 0; i < processes; i++) {
        started.add(
            JavaProcess.start(
                SqliteProcesses.CommitSome.class, file.toString(), Integer.toString(commits)));
      }
      for (JavaProcess process : started) {
        assertThat(process.readLines()).containsExactly("done");
        assertThat(process.waitFor()).isZero();
      }
      try (StateStore store = SqliteStateStore.open(file)) {
        assertThat(store.executions(ExecutionQuery.all()).total())
            .isEqualTo((long) processes * commits);
      }
    }
  }

  @Test
  @DisplayName("that open a file of version 1 at the same moment migrate it once")
  void migrateAtOnce() throws SQLException {
    Path file = folder.resolve("old.db");
    EarlierVersion.make(1, file);
    List<JavaProcess> started = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      started.add(JavaProcess.start(SqliteProcesses.CommitSome.class, file.toString(), "20"));
    }
    for (JavaProcess process : started) {
      assertThat(process.readLines()).containsExactly("done");
      assertThat(process.waitFor()).isZero();
    }
    try (StateStore store = SqliteStateStore.open(file)) {
      assertThat(store.executions(ExecutionQuery.all()).total()).isEqualTo(80);
    }
    Counts.check(file);
  }

  @Test
  @DisplayName("9: name the folder from which the native library cannot be loaded")
  void nativeLibraryFolder() {
    Path lost = folder.resolve("missing");
    List<String> options = List.of("-Dorg.sqlite.tmpdir=" + lost);
    try (JavaProcess process =
        JavaProcess.start(options, OpenAndPrint.class, folder.resolve("waymark.db").toString())) {
      assertThat(process.readLine())
          .startsWith("StoreUnavailableException: ")
          .contains("native library could not be unpacked to and loaded from " + lost)
          .contains("-Dorg.sqlite.tmpdir=FOLDER");
    }
  }

  /** Opens a store and prints its error. */
  static final class OpenAndPrint {
    private OpenAndPrint() {}

    public static void main(String[] arguments) {
      try {
        SqliteStateStore.open(Path.of(arguments[0])).close();
        System.out.println("opened");
      } catch (RuntimeException e) {
        System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
      }
    }
  }
}
