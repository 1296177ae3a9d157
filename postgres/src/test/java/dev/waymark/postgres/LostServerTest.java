package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.StateStore;
import dev.waymark.testserver.TestServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A server that goes away and comes back")
class LostServerTest {

  @Test
  @DisplayName("12: sessions that are ended again and again under load: each change set once")
  void terminatedSessions() throws Exception {
    String schema = TestServer.newSchema();
    try (StateStore store =
            PostgresStateStore.builder(TestServer.url("ApplicationName=" + schema))
                .schema(schema)
                .build();
        StateStore direct = PostgresStateStore.builder(TestServer.url()).schema(schema).build();
        Connection killer = TestServer.connect()) {
      Workload work = new Workload(store, 4, 40);
      CompletableFuture<Void> done = CompletableFuture.runAsync(() -> run(work));
      int ended = 0;
      while (!done.isDone()) {
        ended += endSessions(killer, schema);
      }
      done.get(60, TimeUnit.SECONDS);
      work.check(direct, schema);
      assertThat(ended).as("sessions ended under load").isPositive();
    } finally {
      TestServer.drop(schema);
    }
  }

  /** Ends a session in the middle of a transaction, where there is one. */
  private static int endSessions(Connection killer, String application) throws SQLException {
    return Integer.parseInt(
        TestServer.text(
            killer,
            """
            SELECT count(pg_terminate_backend(pid)) FROM (
              SELECT pid FROM pg_stat_activity
              WHERE application_name = '%s' AND xact_start IS NOT NULL AND random() < 0.02) AS busy"""
                .formatted(application)));
  }

  private static void run(Workload work) {
    try {
      work.run();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @DisplayName("12: a server process killed under load: the server recovers, the store goes on")
  void crash() throws Exception {
    try (EmbeddedPostgres server = TestServer.start();
        StateStore store = open(server, Duration.ofSeconds(60))) {
      Sample.saveWorkflow(store);
      ExecutionId before = Sample.createExecution(store);
      kill(server);
      ExecutionId after = Sample.createExecution(store);
      assertThat(store.execution(before)).isNotNull();
      assertThat(store.execution(after)).isNotNull();
    }
  }

  /** The death of one of its processes makes the server end all others and recover from its log. */
  private static void kill(EmbeddedPostgres server) throws SQLException {
    try (Connection connection = connect(server)) {
      long pid = Long.parseLong(TestServer.text(connection, "SELECT pg_backend_pid()"));
      assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
      assertThatThrownBy(
              () -> {
                while (true) {
                  TestServer.text(connection, "SELECT 1");
                }
              })
          .isInstanceOf(SQLException.class);
    }
  }

  @Test
  @DisplayName("12: a server that takes no writes is reported, and waited for")
  void readOnly() throws Exception {
    try (EmbeddedPostgres server = TestServer.start();
        StateStore store = open(server, Duration.ofMillis(300));
        StateStore patient = open(server, Duration.ofSeconds(60))) {
      Sample.saveWorkflow(store);
      setReadOnly(server, "on");
      assertThatThrownBy(() -> Sample.createExecution(store))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("takes no writes")
          .hasMessageContaining("tried again for 300ms");
      CompletableFuture<ExecutionId> waiting =
          CompletableFuture.supplyAsync(() -> Sample.createExecution(patient));
      setReadOnly(server, "off");
      assertThat(store.execution(waiting.get(60, TimeUnit.SECONDS))).isNotNull();
      assertThat(store.execution(Sample.createExecution(store))).isNotNull();
    }
  }

  @Test
  @DisplayName("a server that is gone is reported when patience is over, with its name")
  void gone() throws IOException {
    EmbeddedPostgres server = TestServer.start();
    try (StateStore store = open(server, Duration.ofMillis(500))) {
      Sample.saveWorkflow(store);
      server.close();
      assertThatThrownBy(() -> store.workflow(Sample.WORKFLOW))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("localhost:" + server.getPort());
      assertThatThrownBy(() -> Sample.createExecution(store))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("localhost:" + server.getPort());
    }
  }

  private static StateStore open(EmbeddedPostgres server, Duration retry) {
    return PostgresStateStore.builder(server.getJdbcUrl("postgres", "postgres"))
        .poolTimeout(Duration.ofSeconds(1))
        .retryTimeout(retry)
        .build();
  }

  private static Connection connect(EmbeddedPostgres server) throws SQLException {
    return DriverManager.getConnection(server.getJdbcUrl("postgres", "postgres"));
  }

  /** Sets it and waits until sessions have heard of it. */
  private static void setReadOnly(EmbeddedPostgres server, String value) throws SQLException {
    try (Connection connection = connect(server);
        Statement sql = connection.createStatement()) {
      sql.execute("ALTER SYSTEM SET default_transaction_read_only = " + value);
      sql.execute("SELECT pg_reload_conf()");
      String found;
      do {
        try (ResultSet row = sql.executeQuery("SHOW default_transaction_read_only")) {
          row.next();
          found = row.getString(1);
        }
      } while (!found.equals(value));
    }
  }
}
