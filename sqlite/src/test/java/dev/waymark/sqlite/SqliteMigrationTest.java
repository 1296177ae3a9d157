package dev.waymark.sqlite;

import static dev.waymark.core.model.ExecutionState.CANCELLING;
import static dev.waymark.core.model.ExecutionState.PENDING;
import static dev.waymark.core.model.ExecutionState.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.SchemaMismatchException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Invariants;
import dev.waymark.testkit.ManualClock;
import dev.waymark.testkit.StoreContents;
import dev.waymark.testkit.WhatIsDue;
import dev.waymark.testkit.model.Comparison;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A SQLite file of an earlier version")
class SqliteMigrationTest {
  @TempDir static Path sources = Path.of("");
  private static Path source = Path.of("");
  private static StoreContents contents =
      new StoreContents(List.of(), List.of(), Map.of(), Map.of(), Map.of());

  @TempDir Path folder = Path.of("");
  private Path file = Path.of("");

  /** Workflows, executions in all states with labels and history, at the edges of time. */
  @BeforeAll
  static void fill() {
    source = sources.resolve("source.db");
    ManualClock clock = new ManualClock(Instant.EPOCH);
    try (StateStore store =
        SqliteStateStore.builder(source).clock(clock).limits(Comparison.limits()).build()) {
      new Comparison(clock, Map.of("the source", store), "run this test again").run(1, 900);
      // No earlier version has task runs that wait.
      for (TaskRun run : StoreContents.of(store).taskRunsIn(TaskRunState.WAITING)) {
        store.updateTaskRun(run.id(), TaskRunState.CANCELLED, run.version());
      }
      contents = StoreContents.of(store).withoutPayloads();
    }
  }

  @BeforeEach
  void copy() throws SQLException {
    file = folder.resolve("waymark.db");
    EarlierVersion.copy(1, source, file);
  }

  private void assertMigrated() throws SQLException {
    Counts.check(file);
    try (StateStore store = SqliteStateStore.open(file)) {
      assertThat(StoreContents.of(store).withoutPayloads()).isEqualTo(contents);
      assertThat(Invariants.violations(store)).isEmpty();
    }
  }

  @Test
  @DisplayName("gives the same answers and correct totals after it is opened, and accepts writes")
  void answersAsBefore() throws SQLException {
    assertThat(contents.executions()).hasSizeGreaterThan(40);
    SqliteStateStore.open(file).close();
    assertMigrated();
    try (StateStore store = SqliteStateStore.open(file)) {
      Sample.saveWorkflow(store);
      ExecutionId id = Sample.IDS.executionId();
      Map<String, String> labels = Map.of("since", "migration");
      store.createExecution(new NewExecution(id, Sample.WORKFLOW, null, labels, Map.of()));
      store.updateExecution(id, ExecutionState.RUNNING, 1);
      assertThat(store.executions(ExecutionQuery.builder().label("since", "migration").build()))
          .satisfies(page -> assertThat(page.total()).isEqualTo(1))
          .satisfies(page -> assertThat(page.items()).containsExactly(store.execution(id)));
    }
    Counts.check(file);
  }

  @ParameterizedTest(name = "of version {0} gives the same answers")
  @ValueSource(ints = {2, 3, 4, 5, 6, 7})
  void laterVersion(int version) throws SQLException {
    file = folder.resolve("later.db");
    EarlierVersion.copy(version, source, file);
    SqliteStateStore.open(file).close();
    assertMigrated();
  }

  @Test
  @DisplayName(
      "marks executions that were running as due, because none of their task runs is ready")
  void begunIsDue() {
    try (StateStore store = SqliteStateStore.open(file)) {
      assertThat(WhatIsDue.take(store))
          .containsExactlyInAnyOrderElementsOf(contents.idsIn(PENDING, RUNNING, CANCELLING));
    }
  }

  @Test
  @DisplayName("is migrated once by threads that open it at the same moment, and all succeed")
  void threadsAtOnce() throws Exception {
    int openers = 6;
    ExecutorService threads = Executors.newFixedThreadPool(openers);
    try {
      List<Callable<StateStore>> calls =
          Collections.nCopies(openers, () -> SqliteStateStore.open(file));
      for (Future<StateStore> answer : threads.invokeAll(calls)) {
        answer.get().close();
      }
    } finally {
      threads.shutdownNow();
    }
    assertMigrated();
  }

  @ParameterizedTest(name = "({0})")
  @ValueSource(strings = {"ROLLBACK", "BEGIN", "BEGIN IMMEDIATE"})
  @DisplayName("stays unchanged while another program has it open, in a transaction or not")
  void inUse(String use) throws Exception {
    try (Connection other = Sample.connect(file);
        Statement sql = other.createStatement()) {
      sql.execute("BEGIN");
      sql.execute(use.equals("BEGIN") ? "SAVEPOINT s" : "ROLLBACK");
      if (use.equals("BEGIN IMMEDIATE")) {
        sql.execute(use);
      }
      String executions = Sample.text(other, "SELECT count(*) FROM executions");
      assertThatThrownBy(
              () -> SqliteStateStore.builder(file).busyTimeout(Duration.ofMillis(50)).build())
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("sqlite:" + file)
          .hasMessageContaining("another program uses the file")
          .hasMessageContaining("schema version 8")
          .hasMessageContaining("busy time-out of 50ms")
          .hasMessageContaining("nothing was changed");
      assertThat(Sample.text(other, "PRAGMA user_version")).isEqualTo("1");
      assertThat(Sample.text(other, "PRAGMA journal_mode")).isEqualTo("wal");
      assertThat(Sample.text(other, "SELECT count(*) FROM executions")).isEqualTo(executions);
    }
    SqliteStateStore.open(file).close();
    assertMigrated();
  }

  @Test
  @DisplayName("is migrated after the other program has closed it")
  void waitedFor() throws Exception {
    FutureTask<StateStore> opening = new FutureTask<>(() -> SqliteStateStore.open(file));
    Thread thread = new Thread(opening);
    try (Connection other = Sample.connect(file)) {
      assertThat(Sample.text(other, "SELECT count(*) FROM executions")).isNotNull();
      thread.start();
      while (thread.getState() != Thread.State.TIMED_WAITING) {
        assertThat(thread.isAlive()).isTrue();
        Thread.onSpinWait();
      }
      assertThat(Sample.text(other, "PRAGMA user_version")).isEqualTo("1");
    }
    opening.get(20, TimeUnit.SECONDS).close();
    assertMigrated();
  }

  @ParameterizedTest(name = "({0})")
  @ValueSource(
      strings = {
        "TRIGGER executions_count_deleted AFTER DELETE ON executions BEGIN SELECT 1; END",
        "TABLE labels_with_times (x)",
      })
  @DisplayName("is unchanged after a failed statement of the migration, and can be migrated later")
  void failedStatement(String obstacle) throws SQLException {
    String[] words = obstacle.split(" ", -1);
    execute("CREATE " + obstacle);
    assertThatThrownBy(() -> SqliteStateStore.open(file))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("already exists");
    execute("DROP " + words[0] + " " + words[1]);
    try (Connection other = Sample.connect(file)) {
      assertThat(Sample.text(other, "PRAGMA user_version")).isEqualTo("1");
      assertThat(Sample.text(other, "SELECT count(*) FROM waymark_schema_history")).isEqualTo("1");
      String left = "SELECT group_concat(name) FROM sqlite_schema WHERE name LIKE '%count%'";
      assertThat(Sample.text(other, left)).isNull();
    }
    SqliteStateStore.open(file).close();
    assertMigrated();
  }

  @Test
  @DisplayName("keeps the history that Flyway began, and appends to it")
  void historyOfFlyway() throws SQLException {
    String history =
        "SELECT group_concat(version || ' ' || script || ' ' || checksum || ' ' || success) FROM"
            + " (SELECT * FROM waymark_schema_history WHERE type = 'SQL' ORDER BY installed_rank)";
    SqliteStateStore.open(file).close();
    Path newest = folder.resolve("newest.db");
    EarlierVersion.make(8, newest);
    try (Connection migrated = Sample.connect(file);
        Connection byFlyway = Sample.connect(newest)) {
      assertThat(Sample.text(migrated, history)).isEqualTo(Sample.text(byFlyway, history));
    }
    SqliteStateStore.open(newest).close();
  }

  @Test
  @DisplayName("created by another script is refused and stays unchanged")
  void otherScript() throws SQLException {
    execute("UPDATE waymark_schema_history SET checksum = 7 WHERE version = '1'");
    assertThatThrownBy(() -> SqliteStateStore.open(file))
        .isInstanceOf(SchemaMismatchException.class)
        .hasMessageContaining("sqlite:" + file)
        .hasMessageContaining("made by another V1__state_store.sql")
        .hasMessageContaining("nothing was changed");
    try (Connection other = Sample.connect(file)) {
      assertThat(Sample.text(other, "PRAGMA user_version")).isEqualTo("1");
    }
  }

  private void execute(String statement) throws SQLException {
    try (Connection connection = Sample.connect(file);
        Statement sql = connection.createStatement()) {
      sql.execute(statement);
    }
  }
}
