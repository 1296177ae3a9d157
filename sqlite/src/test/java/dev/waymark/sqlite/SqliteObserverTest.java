package dev.waymark.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StoreObserver;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The observer of a store on SQLite")
class SqliteObserverTest {
  private static final NewWorkflow WORKFLOW =
      new NewWorkflow(new WorkflowId("flow"), "a definition");

  @TempDir Path folder = Path.of("");

  @Test
  @DisplayName("fails no write when it throws, and is called for the next one")
  void throwing() {
    AtomicInteger calls = new AtomicInteger();
    StoreObserver fails =
        new StoreObserver() {
          @Override
          public void committed(int changeSets, int accepted, Duration took) {
            calls.incrementAndGet();
            throw new IllegalStateException("failing on purpose in a test");
          }

          @Override
          public void claimed(int taskRuns, Duration took) {
            calls.incrementAndGet();
            throw new IllegalStateException("failing on purpose in a test");
          }
        };
    try (SqliteStateStore store =
        SqliteStateStore.builder(folder.resolve("waymark.db")).observer(fails).build()) {
      store.saveWorkflow(WORKFLOW);
      assertThat(store.claim(ClaimRequest.of("worker", 1, Duration.ofHours(1))).isEmpty()).isTrue();
      assertThat(store.workflow(WORKFLOW.id())).isNotNull();
      assertThat(calls).hasValue(2);
    }
  }

  @Test
  @DisplayName("is one of several, of which each is called although another one throws")
  void several() {
    AtomicInteger calls = new AtomicInteger();
    StoreObserver counts =
        new StoreObserver() {
          @Override
          public void committed(int changeSets, int accepted, Duration took) {
            calls.addAndGet(accepted);
          }

          @Override
          public void claimed(int taskRuns, Duration took) {
            calls.addAndGet(10);
          }
        };
    StoreObserver fails =
        new StoreObserver() {
          @Override
          public void committed(int changeSets, int accepted, Duration took) {
            throw new IllegalStateException("failing on purpose in a test");
          }

          @Override
          public void claimed(int taskRuns, Duration took) {
            throw new AssertionError("failing on purpose in a test");
          }
        };
    try (SqliteStateStore store =
        SqliteStateStore.builder(folder.resolve("waymark.db"))
            .observer(StoreObserver.all(fails, counts, StoreObserver.NONE))
            .observer(counts)
            .build()) {
      store.saveWorkflow(WORKFLOW);
      assertThat(store.claim(ClaimRequest.of("worker", 1, Duration.ofHours(1))).isEmpty()).isTrue();
      assertThat(calls).hasValue(22);
    }
    assertThat(StoreObserver.all(StoreObserver.NONE)).isSameAs(StoreObserver.NONE);
  }

  @Test
  @DisplayName("sees how much of the write-ahead log is in use, also while another program writes")
  void walBytes() throws SQLException {
    Path file = folder.resolve("waymark.db");
    try (SqliteStateStore store = SqliteStateStore.open(file);
        Connection connection = Sample.connect(file);
        Statement sql = connection.createStatement()) {
      store.saveWorkflow(WORKFLOW);
      long before = store.walBytes();
      sql.execute("BEGIN IMMEDIATE");
      assertThat(store.walBytes()).isEqualTo(before).isPositive();
      sql.execute("ROLLBACK");
      sql.execute("PRAGMA wal_checkpoint(TRUNCATE)");
      assertThat(store.walBytes()).isZero();
    }
  }
}
