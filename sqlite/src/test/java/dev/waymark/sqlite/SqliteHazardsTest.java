package dev.waymark.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.SchemaMismatchException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Hazards of SQLite")
class SqliteHazardsTest {
  @TempDir Path folder = Path.of("");
  private Path file = Path.of("");

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("waymark.db");
  }

  @Test
  @DisplayName(
      "2: a full disk fails the whole commit, and the store works again when there is space")
  void fullDisk() throws SQLException {
    try (StateStore roomy = SqliteStateStore.open(file)) {
      Sample.saveWorkflow(roomy);
    }
    long pages = pageCount() + 20;
    try (StateStore store = SqliteStateStore.builder(file).maxFileBytes(pages * 4096).build()) {
      ExecutionId tooLarge = Sample.IDS.executionId();
      assertThatThrownBy(() -> Sample.createTaskRuns(store, tooLarge, 5_000))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("full")
          .hasMessageContaining("nothing was stored");
      assertThat(store.execution(tooLarge)).isNull();
      assertThat(store.taskRuns(tooLarge)).isEmpty();

      ExecutionId small = Sample.createExecution(store);
      assertThat(store.execution(small)).isNotNull();
    }
  }

  @Test
  @DisplayName("2: within a group only the change set that is too large fails")
  void guiltyAlone() throws Exception {
    try (StateStore roomy = SqliteStateStore.open(file)) {
      Sample.saveWorkflow(roomy);
    }
    long pages = pageCount() + 60;
    try (StateStore store = SqliteStateStore.builder(file).maxFileBytes(pages * 4096).build()) {
      List<Callable<ExecutionId>> calls = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        calls.add(() -> Sample.createExecution(store));
      }
      ExecutionId tooLarge = Sample.IDS.executionId();
      calls.add(
          8,
          () -> {
            assertThatThrownBy(() -> Sample.createTaskRuns(store, tooLarge, 5_000))
                .isInstanceOf(StoreUnavailableException.class);
            return tooLarge;
          });
      ExecutorService threads = Executors.newFixedThreadPool(calls.size());
      try {
        for (Future<ExecutionId> answer : threads.invokeAll(calls)) {
          ExecutionId id = answer.get();
          assertThat(store.execution(id) == null).isEqualTo(id.equals(tooLarge));
        }
      } finally {
        threads.shutdownNow();
      }
    }
  }

  @Test
  @DisplayName("5: two stores that write to one file at the same time wait for each other")
  void twoWriters() throws Exception {
    try (StateStore one = SqliteStateStore.open(file);
        StateStore two = SqliteStateStore.open(file)) {
      Sample.saveWorkflow(one);
      List<Callable<ExecutionId>> calls = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        StateStore store = i % 2 == 0 ? one : two;
        calls.add(
            () -> {
              store.executions(ExecutionQuery.all());
              return Sample.createExecution(store);
            });
      }
      ExecutorService threads = Executors.newFixedThreadPool(8);
      try {
        for (Future<ExecutionId> answer : threads.invokeAll(calls)) {
          answer.get();
        }
      } finally {
        threads.shutdownNow();
      }
      assertThat(two.executions(ExecutionQuery.all()).total()).isEqualTo(200);
    }
  }

  @Test
  @DisplayName("6: a file that stays locked is reported as unavailable, with the time-out")
  void locked() throws SQLException {
    try (StateStore store =
            SqliteStateStore.builder(file).busyTimeout(Duration.ofMillis(100)).build();
        Connection other = Sample.connect(file);
        Statement statement = other.createStatement()) {
      Sample.saveWorkflow(store);
      statement.execute("BEGIN IMMEDIATE");
      assertThatThrownBy(() -> Sample.createExecution(store))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("sqlite:" + file)
          .hasMessageContaining("locked for longer than the busy time-out of 100ms");
      statement.execute("ROLLBACK");
      assertThat(store.execution(Sample.createExecution(store))).isNotNull();
    }
  }

  @Test
  @DisplayName("7: no read transaction stays open, and the write-ahead log is truncated")
  void walIsBounded() throws SQLException {
    try (StateStore store = SqliteStateStore.open(file)) {
      Sample.saveWorkflow(store);
      for (int i = 0; i < 300; i++) {
        Sample.createExecution(store);
        store.executions(ExecutionQuery.builder().limit(1).build());
      }
      try (Connection other = Sample.connect(file)) {
        assertThat(Sample.text(other, "PRAGMA wal_checkpoint(TRUNCATE)")).as("busy").isEqualTo("0");
      }
      for (int i = 0; i < 50; i++) {
        store.saveWorkflow(new NewWorkflow(Sample.WORKFLOW, i + "x".repeat(1_000_000)));
      }
      try (Connection other = Sample.connect(file)) {
        assertThat(Sample.text(other, "PRAGMA journal_size_limit")).isNotNull();
        try (Statement statement = other.createStatement();
            var row = statement.executeQuery("PRAGMA wal_checkpoint(PASSIVE)")) {
          row.next();
          assertThat(row.getLong(2) * 4096).as("bytes in the log").isLessThan(64L << 20);
        }
      }
    }
  }

  @Test
  @DisplayName("a file of a newer version is refused and stays unchanged")
  void newerSchema() throws SQLException {
    SqliteStateStore.open(file).close();
    try (Connection other = Sample.connect(file);
        Statement statement = other.createStatement()) {
      statement.execute("PRAGMA user_version = 999");
    }
    assertThatThrownBy(() -> SqliteStateStore.open(file))
        .isInstanceOf(SchemaMismatchException.class)
        .hasMessageContaining("version 999")
        .hasMessageContaining("up to 8")
        .hasMessageContaining("Update Waymark");
  }

  @Test
  @DisplayName("a database of another program is refused and stays unchanged")
  void foreignDatabase() throws SQLException {
    try (Connection other = Sample.connect(file);
        Statement statement = other.createStatement()) {
      statement.execute("CREATE TABLE notes (text TEXT)");
    }
    assertThatThrownBy(() -> SqliteStateStore.open(file))
        .isInstanceOf(SchemaMismatchException.class)
        .hasMessageContaining("another program");
    try (Connection other = Sample.connect(file)) {
      assertThat(Sample.text(other, "SELECT group_concat(name) FROM sqlite_schema"))
          .isEqualTo("notes");
    }
  }

  @Test
  @DisplayName(
      "a new store can be created beside the tables of another program, if that is allowed")
  void besideOtherTables() throws SQLException {
    try (Connection other = Sample.connect(file);
        Statement statement = other.createStatement()) {
      statement.execute("CREATE TABLE notes (text TEXT)");
    }
    SqliteStateStore.builder(file).allowOtherTables(true).build().close();
    SqliteStateStore.open(file).close();
    try (Connection other = Sample.connect(file)) {
      assertThat(Sample.text(other, "SELECT count(*) FROM notes")).isEqualTo("0");
      assertThat(Sample.text(other, "PRAGMA user_version"))
          .isEqualTo(Integer.toString(SqliteStateStore.schemaVersion()));
    }
  }

  @Test
  @DisplayName("a file that is not a database is refused and stays unchanged")
  void noDatabase() throws IOException {
    Files.writeString(
        file, "not a database, but a text that is long enough to have a header. ".repeat(20));
    assertThatThrownBy(() -> SqliteStateStore.open(file))
        .isInstanceOf(SchemaMismatchException.class)
        .hasMessageContaining("not a SQLite database");
    assertThat(Files.readString(file)).startsWith("not a database");
  }

  @Test
  @DisplayName("a missing folder is named")
  void missingFolder() {
    Path lost = folder.resolve("missing").resolve("waymark.db");
    assertThatThrownBy(() -> SqliteStateStore.open(lost))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining(lost.getParent() + " does not exist");
  }

  @Test
  @DisplayName("10: threads that open a new file at the same moment all get the same store")
  void openAtOnce() throws Exception {
    int openers = 6;
    ExecutorService threads = Executors.newFixedThreadPool(openers);
    try {
      for (int round = 0; round < 40; round++) {
        Path fresh = folder.resolve("fresh-" + round + ".db");
        List<Callable<StateStore>> calls =
            Collections.nCopies(openers, () -> SqliteStateStore.open(fresh));
        List<StateStore> stores = new ArrayList<>();
        for (Future<StateStore> answer : threads.invokeAll(calls)) {
          stores.add(answer.get());
        }
        Sample.saveWorkflow(stores.get(0));
        for (StateStore store : stores) {
          assertThat(store.workflow(Sample.WORKFLOW)).isNotNull();
          store.close();
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private long pageCount() throws SQLException {
    try (Connection other = Sample.connect(file)) {
      return Long.parseLong(Sample.text(other, "PRAGMA page_count"));
    }
  }
}
