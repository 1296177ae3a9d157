package dev.waymark.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.error.SchemaMismatchException;
import dev.waymark.core.error.StoreDamagedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.spi.StoreCopy;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Await;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A backup of a SQLite store")
@Timeout(120)
class SqliteBackupTest {
  private static final WorkflowId FLOW = new WorkflowId("flow");

  @TempDir Path folder;
  private Path file;
  private Path backup;

  @BeforeEach
  void paths() {
    file = folder.resolve("store.db");
    backup = folder.resolve("backup.db");
  }

  private static ExecutionId create(StateStore store) {
    ExecutionId id = Ids.system().executionId();
    store.commit(ChangeSet.builder().createExecution(new NewExecution(id, FLOW)).build());
    return id;
  }

  private SqliteStateStore open() {
    SqliteStateStore store = SqliteStateStore.open(file);
    store.saveWorkflow(new NewWorkflow(FLOW, "text"));
    return store;
  }

  private StoreCopy copy() {
    return SqliteStateStore.builder(file).backup(backup);
  }

  private Path restored() {
    return folder.resolve("restored.db");
  }

  private StoreCopy restore() {
    return SqliteStateStore.builder(restored()).restore(backup);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> found = Files.list(folder)) {
      return found.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  @DisplayName("has everything that was committed, and a store made from it goes on")
  void roundTrip() throws IOException {
    List<ExecutionId> ids;
    StoreCopy copy;
    try (StateStore store = open()) {
      ids = IntStream.range(0, 50).mapToObj(i -> create(store)).toList();
      copy = copy();
      create(store); // after the backup
    }
    assertThat(copy.file()).isEqualTo(backup);
    assertThat(copy.bytes()).isEqualTo(Files.size(backup));
    assertThat(copy.workflows()).isEqualTo(1);
    assertThat(copy.executions()).isEqualTo(50);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backup)))
        .isEqualTo("rw-------");

    byte[] before = Files.readAllBytes(backup);
    StoreCopy restored = restore();
    assertThat(restored.executions()).isEqualTo(50);
    assertThat(restored.asOf()).isEqualTo(copy.asOf());
    assertThat(Files.readAllBytes(backup)).isEqualTo(before);
    assertThat(names()).containsExactly("backup.db", "restored.db", "store.db");
    try (StateStore store = SqliteStateStore.open(restored())) {
      assertThat(copy.asOf()).isEqualTo(store.execution(ids.get(49)).createdAt());
      assertThat(store.executions(ExecutionQuery.all()).total()).isEqualTo(50);
      create(store);
      assertThat(store.executions(ExecutionQuery.all()).total()).isEqualTo(51);
    }
  }

  @Test
  @DisplayName("of an empty store has no last commit")
  void empty() {
    SqliteStateStore.open(file).close();
    assertThat(copy().asOf()).isNull();
    assertThat(restore().executions()).isZero();
  }

  @Test
  @DisplayName("is one moment of a store that others write to, and keeps no commit waiting")
  void beside() {
    try (StateStore store = open()) {
      IntStream.range(0, 200).forEach(i -> create(store));
      AtomicBoolean goesOn = new AtomicBoolean(true);
      AtomicInteger acknowledged = new AtomicInteger(200);
      CompletableFuture<Void> writer =
          CompletableFuture.runAsync(
              () -> {
                while (goesOn.get()) {
                  create(store);
                  acknowledged.incrementAndGet();
                }
              });
      for (int i = 0; i < 5; i++) {
        int least = acknowledged.get();
        Path to = folder.resolve("backup-" + i + ".db");
        StoreCopy copy = SqliteStateStore.builder(file).backup(to);
        // One more commit can be stored and not yet acknowledged.
        assertThat(copy.executions()).isBetween((long) least, acknowledged.get() + 1L);
        try (StateStore other = SqliteStateStore.open(to)) {
          assertThat(other.executions(ExecutionQuery.all()).total()).isEqualTo(copy.executions());
        }
        Await.until("a commit after the backup", () -> acknowledged.get() > least);
      }
      goesOn.set(false);
      writer.join();
    }
  }

  @Test
  @DisplayName("overwrites nothing, and neither does a store that is made from it")
  void neverOverwrites() throws IOException {
    open().close();
    Files.writeString(backup, "mine");
    assertThatThrownBy(this::copy)
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(backup + " exists, and nothing is overwritten; name another file");
    assertThat(backup).hasContent("mine");
    Files.delete(backup);
    Files.createSymbolicLink(backup, folder.resolve("nowhere"));
    assertThatThrownBy(this::copy).hasMessageContaining("nothing is overwritten");
    Files.delete(backup);
    copy();
    open().close();
    assertThatThrownBy(() -> SqliteStateStore.builder(file).restore(backup))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("cannot restore sqlite:" + file + " from " + backup)
        .hasMessageContaining("exists");
    assertThat(names()).containsExactly("backup.db", "store.db");
  }

  @Test
  @DisplayName("removes the log of a deleted store before a store of its name is made")
  void leftLog() throws IOException {
    try (StateStore store = open()) {
      create(store);
      copy();
      for (int i = 0; i < 100; i++) {
        create(store);
      }
      // As after kill -9 of the process, when somebody then deletes the database alone.
      Files.copy(folder.resolve("store.db-wal"), folder.resolve("restored.db-wal"));
      Files.copy(folder.resolve("store.db-shm"), folder.resolve("restored.db-shm"));
    }
    restore();
    assertThat(names()).containsExactly("backup.db", "restored.db", "store.db");
    try (StateStore store = SqliteStateStore.open(restored())) {
      assertThat(store.executions(ExecutionQuery.all()).total()).isEqualTo(1);
    }
  }

  @Test
  @DisplayName("is refused with a reason where there is no store or no folder; no file is left")
  void missing() throws IOException {
    assertThatThrownBy(this::copy)
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("no store at sqlite:" + file);
    assertThatThrownBy(this::restore)
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("there is no such backup; check the path");
    open().close();
    assertThatThrownBy(() -> SqliteStateStore.builder(file).backup(folder.resolve("no/backup.db")))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("does not exist; create it, or name another file");
    assertThatThrownBy(() -> SqliteStateStore.builder(file).backup(folder.resolve("a?b")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'?'");
    assertThat(names()).containsExactly("store.db");
  }

  @Test
  @DisplayName("is made of Waymark stores only, and not of those of a newer version")
  void otherFiles() throws IOException, SQLException {
    Files.writeString(backup, "not a database at all, but long enough for a header".repeat(20));
    assertThatThrownBy(this::restore).hasMessageContaining("not a SQLite database");
    Files.delete(backup);
    sql("CREATE TABLE t (x)");
    assertThatThrownBy(this::restore)
        .isInstanceOf(SchemaMismatchException.class)
        .hasMessageContaining("no store of Waymark; name a file that waymark backup has made");
    Files.delete(backup);
    open().close();
    copy();
    sql("PRAGMA user_version = 999");
    assertThatThrownBy(this::restore)
        .isInstanceOf(SchemaMismatchException.class)
        .hasMessageContaining("schema version 999")
        .hasMessageContaining("update Waymark");
    assertThat(names()).containsExactly("backup.db", "store.db");
  }

  private void sql(String text) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + backup);
        Statement statement = connection.createStatement()) {
      statement.execute(text);
    }
  }

  @Test
  @DisplayName("of a damaged file fails, and leaves no store")
  void damaged() throws IOException {
    try (StateStore store = open()) {
      IntStream.range(0, 300).forEach(i -> create(store));
    }
    copy();
    int page = 4096;
    try (RandomAccessFile raw = new RandomAccessFile(backup.toFile(), "rw")) {
      for (long at = 20L * page; at < raw.length(); at += 2 * page) {
        raw.seek(at);
        raw.write(new byte[page]);
      }
    }
    assertThatThrownBy(this::restore)
        .isInstanceOf(StoreDamagedException.class)
        .hasMessageContaining("damaged");
    assertThat(names()).containsExactly("backup.db", "store.db");
  }

  @Test
  @DisplayName("of an earlier version is a copy of it; the store is migrated when it is opened")
  void earlierVersion() throws SQLException, IOException {
    EarlierVersion.make(1, file);
    byte[] before = Files.readAllBytes(file);
    copy();
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    restore();
    SqliteStateStore.open(restored()).close();
  }
}
