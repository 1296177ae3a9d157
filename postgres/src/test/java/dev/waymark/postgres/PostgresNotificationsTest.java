package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.Subscription;
import dev.waymark.testserver.TestServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Notifications on PostgreSQL")
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PostgresNotificationsTest {
  /** Before version 17 a queue has 8 GB, which cannot be reduced. */
  private static final String OLD_SERVER = "^1[456].*";

  private static final String FILL =
      "SELECT count(*) FROM (SELECT pg_notify('foreign', n || repeat('x', 7000)) FROM generate_series(1, 60) n) f";

  @Test
  @DisplayName(
      "never fail a commit, even while the queue of the server is full, and work again later")
  @DisabledIfSystemProperty(named = "postgres-binaries.version", matches = OLD_SERVER)
  void fullQueue(@TempDir Path data) throws Exception {
    try (EmbeddedPostgres server =
            TestServer.start(data.resolve("server"), Map.of("max_notify_queue_pages", "64"));
        StateStore store = open(server);
        StateStore other = open(server)) {
      Sample.saveWorkflow(store);
      try (Connection culprit = connect(server)) {
        fill(server, culprit);
        for (int i = 0; i < 20; i++) {
          makeReady(store);
        }
      }
      Semaphore calls = new Semaphore(0);
      try (Subscription subscription = other.onReady(calls::release)) {
        assertThat(subscription).isNotNull();
        awaitCall(calls);
        calls.drainPermits();
        makeReady(store);
        awaitCall(calls);
      }
    }
  }

  /** A session that listens inside of a transaction keeps the server from emptying its queue. */
  private static void fill(EmbeddedPostgres server, Connection culprit) throws SQLException {
    culprit.setAutoCommit(false);
    execute(culprit, "LISTEN anything");
    culprit.commit();
    execute(culprit, "SELECT 1");
    try (Connection writer = connect(server)) {
      assertThatThrownBy(
              () -> {
                while (true) {
                  execute(writer, FILL);
                }
              })
          .hasMessageContaining("NOTIFY queue");
    }
  }

  @Test
  @DisplayName("are in no transaction of the tables")
  void noTrigger() {
    String schema = TestServer.newSchema();
    try {
      assertThat(
              TestServer.text(
                  "SELECT string_agg(proname, ', ') FROM pg_proc WHERE pronamespace = '%s'::regnamespace AND prosrc ~* 'notify'"
                      .formatted(schema)))
          .isNull();
    } finally {
      TestServer.drop(schema);
    }
  }

  @Test
  @DisplayName("are sent before a store is closed, so a process can commit and end")
  void sentBeforeClose() throws Exception {
    String schema = TestServer.newSchema();
    Semaphore calls = new Semaphore(0);
    try (StateStore waiting = PostgresStateStore.builder(TestServer.url()).schema(schema).build();
        Subscription subscription = waiting.onReady(calls::release)) {
      assertThat(subscription).isNotNull();
      Sample.saveWorkflow(waiting);
      awaitCall(calls);
      for (int i = 0; i < 5; i++) {
        TaskRunId run = Sample.createTaskRun(waiting);
        calls.drainPermits();
        try (StateStore passing =
            PostgresStateStore.builder(TestServer.url()).schema(schema).build()) {
          passing.commit(ChangeSet.builder().readyTaskRun(run).build());
        }
        awaitCall(calls);
      }
    } finally {
      TestServer.drop(schema);
    }
  }

  private static void awaitCall(Semaphore calls) throws InterruptedException {
    assertThat(calls.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
  }

  private static void makeReady(StateStore store) {
    TaskRunId run = Sample.createTaskRun(store);
    store.commit(ChangeSet.builder().readyTaskRun(run).build());
  }

  private static StateStore open(EmbeddedPostgres server) {
    return PostgresStateStore.builder(server.getJdbcUrl("postgres", "postgres")).build();
  }

  private static Connection connect(EmbeddedPostgres server) throws SQLException {
    return DriverManager.getConnection(server.getJdbcUrl("postgres", "postgres"));
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
