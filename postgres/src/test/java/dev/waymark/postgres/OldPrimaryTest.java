package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.Subscription;
import dev.waymark.testkit.Await;
import dev.waymark.testserver.RestartableServer;
import dev.waymark.testserver.TestServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A server that does not continue the data of a store")
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OldPrimaryTest {
  private static final String END_SESSIONS =
      "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity"
          + " WHERE application_name = 'waymark'";

  private static final String SESSIONS =
      "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'waymark'";

  private static StateStore open(Duration retry, RestartableServer... servers) {
    String hosts =
        Arrays.stream(servers)
            .map(server -> "localhost:" + server.port())
            .collect(Collectors.joining(","));
    return PostgresStateStore.builder("postgresql://postgres@" + hosts + "/postgres?pool-size=2")
        .poolTimeout(Duration.ofSeconds(1))
        .retryTimeout(retry)
        .build();
  }

  private static StateStore open(RestartableServer... servers) {
    return open(Duration.ofSeconds(60), servers);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static boolean has(RestartableServer server, ExecutionId execution) throws SQLException {
    String query = "SELECT count(*) FROM waymark.executions WHERE id = '" + execution + "'";
    return ask(server, query).equals("1");
  }

  private static String ask(RestartableServer server, String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection(server.url())) {
      return TestServer.text(connection, query);
    }
  }

  /** Waits for what the standby has not received yet, and lets it take over. */
  private static void failOver(RestartableServer primary, RestartableServer standby)
      throws Exception {
    primary.awaitReplicated();
    primary.kill();
    standby.takeOver();
  }

  @Test
  @DisplayName("75: the old primary is refused after a failover, and the new primary is used")
  void oldPrimary() throws Exception {
    try (RestartableServer old = RestartableServer.start();
        StateStore store = open(old);
        RestartableServer promoted = old.standby(freePort());
        StateStore both = open(Duration.ofSeconds(60), old, promoted)) {
      Sample.saveWorkflow(store);
      ExecutionId before = Sample.createExecution(both);
      failOver(old, promoted);
      ExecutionId after = Sample.createExecution(both);
      assertThat(has(promoted, before)).isTrue();
      assertThat(has(promoted, after)).isTrue();

      old.restart();
      ask(promoted, END_SESSIONS);
      ExecutionId later = Sample.createExecution(both);
      assertThat(has(promoted, later)).isTrue();
      assertThat(has(old, later)).isFalse();
      assertThat(ask(old, "SELECT count(*) FROM waymark.executions")).isEqualTo("1");
    }
  }

  @Test
  @DisplayName("75: the error names both timelines, and what to do")
  void onlyTheOldPrimary() throws Exception {
    try (RestartableServer old = RestartableServer.start();
        RestartableServer promoted = old.standby(freePort());
        StateStore store = open(Duration.ofSeconds(3), old, promoted)) {
      Sample.saveWorkflow(store);
      failOver(old, promoted);
      Sample.createExecution(store);
      promoted.kill();
      old.restart();
      assertThatThrownBy(() -> Sample.createExecution(store))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("the server at localhost:" + old.port() + " is on timeline 1")
          .hasMessageContaining("already worked on timeline 2 of the same cluster")
          .hasMessageContaining("make it a standby of the new primary")
          .hasMessageContaining("restart this process");
      assertThat(ask(old, "SELECT count(*) FROM waymark.executions")).isEqualTo("0");
      promoted.restart();
      assertThat(has(promoted, Sample.createExecution(store))).isTrue();
      try (StateStore another = open(old)) {
        // A new process knows of no failover.
        assertThat(has(old, Sample.createExecution(another))).isTrue();
      }
    }
  }

  @Test
  @DisplayName("75: a server at the same address is accepted after a promotion, and not before it")
  void sameAddress() throws Exception {
    try (RestartableServer old = RestartableServer.start();
        StateStore store = open(Duration.ofSeconds(3), old);
        RestartableServer second = old.standby(freePort())) {
      Sample.saveWorkflow(store);
      failOver(old, second);
      try (RestartableServer third = second.standby(old.port())) {
        failOver(second, third);
        assertThat(has(third, Sample.createExecution(store))).isTrue();
        third.kill();
      }
      old.restart();
      assertThatThrownBy(() -> Sample.createExecution(store))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("the server at localhost:" + old.port() + " is on timeline 1")
          .hasMessageContaining("timeline 3");
    }
  }

  @Test
  @DisplayName("75: another cluster is refused, and the same one is accepted after a restart")
  void otherCluster() throws Exception {
    try (RestartableServer first = RestartableServer.start();
        RestartableServer other = RestartableServer.start();
        StateStore store = open(Duration.ofSeconds(3), first, other)) {
      open(other).close();
      Sample.saveWorkflow(store);
      first.stopImmediately();
      assertThatThrownBy(() -> Sample.createExecution(store))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("the server at localhost:" + other.port())
          .hasMessageContaining("another cluster")
          .hasMessageContaining("restart this process");
      first.restart();
      assertThat(has(first, Sample.createExecution(store))).isTrue();
      assertThat(ask(other, "SELECT count(*) FROM waymark.workflows")).isEqualTo("0");
    }
  }

  @Test
  @DisplayName("75: connections to the old primary are closed when the new one is found")
  void bothRun() throws Exception {
    try (RestartableServer old = RestartableServer.start();
        RestartableServer promoted = old.standby(freePort());
        StateStore store = open(promoted, old)) {
      Sample.saveWorkflow(store);
      old.awaitReplicated();
      promoted.promote();
      // The driver believes for a second that it is a standby.
      Await.until("a new connection finds the new primary", () -> listensAt(promoted, store));
      assertThat(has(promoted, Sample.createExecution(store))).isTrue();
      assertThat(ask(old, "SELECT count(*) FROM waymark.executions")).isEqualTo("0");
    }
  }

  private static boolean listensAt(RestartableServer server, StateStore store) {
    CountDownLatch listens = new CountDownLatch(1);
    try (Subscription unused = store.onReady(listens::countDown)) {
      listens.await();
      return !ask(server, SESSIONS).equals("0");
    } catch (InterruptedException | SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @DisplayName("75: a role that may not ask for the timeline can use the store")
  void notShown() throws Exception {
    String database = TestServer.newDatabase();
    String role = TestServer.newName();
    try (Connection owner = DriverManager.getConnection(TestServer.urlOf(database));
        var statement = owner.createStatement()) {
      statement.execute(
          "CREATE ROLE %1$s LOGIN PASSWORD 'p'; GRANT CREATE ON DATABASE %2$s TO %1$s; REVOKE EXECUTE ON FUNCTION pg_walfile_name(pg_lsn) FROM PUBLIC"
              .formatted(role, database));
      try (StateStore store =
          PostgresStateStore.builder(TestServer.urlOf(database)).user(role).password("p").build()) {
        Sample.saveWorkflow(store);
        assertThat(store.workflow(Sample.WORKFLOW)).isNotNull();
      }
    } finally {
      TestServer.execute("DROP DATABASE " + database + " WITH (FORCE)");
      TestServer.execute("DROP ROLE " + role);
    }
  }
}
