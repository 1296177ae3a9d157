package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.SchemaMismatchException;
import dev.waymark.core.error.StoreRejectedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.NewExecution;
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
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A read-only store")
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReplicaTest {
  private static String url(RestartableServer... servers) {
    StringBuilder hosts = new StringBuilder();
    for (RestartableServer server : servers) {
      hosts.append(hosts.isEmpty() ? "" : ",").append("localhost:").append(server.port());
    }
    return "postgresql://postgres@" + hosts + "/postgres?retry-timeout=5s";
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void execute(String url, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static StateStore readOnly(String schema) {
    return PostgresStateStore.builder(TestServer.url()).schema(schema).readOnly(true).build();
  }

  @Test
  @DisplayName("reads from the standby that its URL names, and refuses writes")
  void standby() throws Exception {
    try (RestartableServer primary = RestartableServer.start();
        StateStore store = PostgresStateStore.open(url(primary))) {
      Sample.saveWorkflow(store);
      TaskRunId run = Sample.createTaskRun(store);
      ExecutionId id = store.taskRun(run).executionId();
      try (RestartableServer standby = primary.standby(freePort());
          StateStore replica = PostgresStateStore.open(url(primary, standby) + "&read-only=true")) {
        primary.kill(); // so the answers are those of the standby
        Await.until("all that it has received", () -> replica.execution(id) != null);
        assertThat(replica.executionDetails(id)).isNotNull();
        assertThat(replica.executionProgress(id)).isNotNull();
        assertThat(replica.taskRuns(id)).hasSize(1);
        assertThat(replica.executions(ExecutionQuery.builder().build()).total()).isEqualTo(1);
        assertThat(replica.workflows(PageRequest.first(10)).total()).isEqualTo(1);
        assertThat(replica.history(id, PageRequest.first(10)).total()).isEqualTo(2);
        assertThat(replica.idsStartingWith(RecordKind.EXECUTION, id.toString(), 2)).hasSize(1);
        assertThat(replica.workers()).isEmpty();
        assertThat(replica.poolUse()).isEmpty();
        assertThat(replica.leases(10)).isEmpty();
        assertThat(replica.stalled(null, 10)).containsExactly(id);
        assertThat(replica.replicaLag()).isNotNull();
        refusesWrites(replica);
      }
    }
  }

  private static void refusesWrites(StateStore store) {
    ChangeSet changes =
        ChangeSet.builder()
            .createExecution(new NewExecution(Sample.IDS.executionId(), Sample.WORKFLOW))
            .build();
    assertThatThrownBy(() -> store.commit(changes))
        .isInstanceOf(StoreRejectedException.class)
        .hasMessageContaining("cannot commit change set " + changes.id())
        .hasMessageContaining("opened read-only; open it without read-only, on the primary");
    assertThatThrownBy(() -> store.commitAsync(changes).join())
        .hasCauseInstanceOf(StoreRejectedException.class);
    assertThatThrownBy(() -> Sample.saveWorkflow(store)).isInstanceOf(StoreRejectedException.class);
    assertThatThrownBy(() -> store.claim(ClaimRequest.of("w", 1, Duration.ofMinutes(1))))
        .isInstanceOf(StoreRejectedException.class)
        .hasMessageContaining("worker w");
    try (Subscription calls = store.onReady(() -> {})) {
      assertThat(calls).isNotNull();
    }
  }

  @Test
  @DisplayName("says how far the standby can be behind")
  void lag() throws Exception {
    try (RestartableServer primary = RestartableServer.start();
        StateStore store = PostgresStateStore.open(url(primary));
        RestartableServer standby = primary.standby(freePort());
        StateStore replica = PostgresStateStore.open(url(standby) + "&read-only=true")) {
      assertThat(store.replicaLag()).isNull();
      Sample.saveWorkflow(store);
      ExecutionId first = Sample.createExecution(store);
      Await.until("the first execution", () -> replica.execution(first) != null);
      Await.until("the present", () -> isPresent(replica));

      execute(standby.url(), "SELECT pg_wal_replay_pause()");
      ExecutionId second = Sample.createExecution(store);
      Await.until("a delay", () -> !isPresent(replica));
      assertThat(replica.execution(second)).isNull();
      Duration before = replica.replicaLag();
      Await.until("more", () -> replica.replicaLag().compareTo(before.plusMillis(50)) > 0);

      execute(standby.url(), "SELECT pg_wal_replay_resume()");
      Await.until("the present", () -> isPresent(replica));
      assertThat(replica.execution(second)).isNotNull();

      primary.kill();
      Await.until("the loss of the primary", () -> !isPresent(replica));
    }
  }

  private static boolean isPresent(StateStore replica) {
    return Duration.ZERO.equals(replica.replicaLag());
  }

  @Test
  @DisplayName("on a primary reads what was committed last, and refuses writes too")
  void primary() {
    String schema = TestServer.newSchema();
    try (StateStore store = PostgresStateStore.builder(TestServer.url()).schema(schema).build();
        StateStore reader = readOnly(schema)) {
      Sample.saveWorkflow(store);
      assertThat(reader.execution(Sample.createExecution(store))).isNotNull();
      assertThat(reader.replicaLag()).isNull();
      refusesWrites(reader);
    } finally {
      TestServer.drop(schema);
    }
  }

  @Test
  @DisplayName("creates and migrates nothing")
  void changesNothing() {
    String schema = TestServer.newName();
    assertThatThrownBy(() -> readOnly(schema).close())
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("no store at");
    assertThat(
            TestServer.text("SELECT count(*) FROM pg_namespace WHERE nspname = '" + schema + "'"))
        .isEqualTo("0");
    try {
      PostgresStateStore.builder(TestServer.url()).schema(schema).build().close();
      TestServer.execute("UPDATE " + schema + ".waymark_version SET version = 8");
      assertThatThrownBy(() -> readOnly(schema).close())
          .isInstanceOf(SchemaMismatchException.class)
          .hasMessageContaining("has an earlier schema version than 12")
          .hasMessageContaining("Open the store once with this version of Waymark for writing");
    } finally {
      TestServer.drop(schema);
    }
  }

  @Test
  @DisplayName("is not chosen by a misspelt setting")
  void misspelt() {
    assertThatThrownBy(() -> PostgresStateStore.open("postgresql://localhost/x?read-only=yes"))
        .hasMessageContaining("read-only \"yes\" is not true or false");
  }
}
