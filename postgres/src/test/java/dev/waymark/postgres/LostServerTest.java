package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.StateStore;
import dev.waymark.testserver.RestartableServer;
import dev.waymark.testserver.TestServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A server that stops and comes back")
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LostServerTest {
  private static final Duration PATIENT = Duration.ofSeconds(60);

  /** The number of times that a server is stopped, or made read-only, under load. */
  private static final int STOPS = Integer.getInteger("waymark.test.stops", 3);

  /** The number of sessions that end under load. */
  private static final int SESSIONS = Integer.getInteger("waymark.test.sessions", 50);

  @Test
  @DisplayName("12: sessions end within a transaction: each change set is applied once")
  void terminatedSessions() throws Exception {
    String schema = TestServer.newSchema();
    try (StateStore store =
            PostgresStateStore.builder(TestServer.url("ApplicationName=" + schema))
                .schema(schema)
                .build();
        Connection killer = TestServer.connect()) {
      Workload work = new Workload(store, 4, 1);
      work.start();
      for (int ended = 0; ended < SESSIONS; ) {
        ended += endSession(killer, schema);
        work.awaitProgress();
      }
      work.finish();
      work.check(store, killer, schema);
    } finally {
      TestServer.drop(schema);
    }
  }

  /** Ends one session that is in a transaction, if there is one. */
  private static int endSession(Connection killer, String application) throws SQLException {
    return Integer.parseInt(
        TestServer.text(
            killer,
            """
            SELECT count(pg_terminate_backend(pid)) FROM (
              SELECT pid FROM pg_stat_activity
              WHERE application_name = '%s' AND backend_xid IS NOT NULL LIMIT 1) AS busy"""
                .formatted(application)));
  }

  @Test
  @DisplayName(
      "12: a server stops immediately and starts again under load: each change set is applied once")
  void immediateStops() throws Exception {
    try (RestartableServer server = RestartableServer.start();
        StateStore store = open(server.url(), PATIENT)) {
      Workload work = new Workload(store, 4, 1);
      work.start();
      CompletableFuture<Integer> reads = CompletableFuture.supplyAsync(() -> read(store, work));
      for (int i = 0; i < STOPS; i++) {
        work.awaitProgress();
        server.stopImmediately();
        server.restart();
      }
      work.awaitProgress();
      work.finish();
      assertThat(reads.get(60, TimeUnit.SECONDS)).isPositive();
      try (Connection sql = DriverManager.getConnection(server.url())) {
        work.check(store, sql, "waymark");
      }
    }
  }

  /** Reads on many threads at the same time, until the work ends. */
  private static int read(StateStore store, Workload work) {
    return IntStream.range(0, 6)
        .mapToObj(
            i ->
                CompletableFuture.supplyAsync(
                    () -> {
                      int reads = 0;
                      do {
                        assertThat(store.workflow(Sample.WORKFLOW)).isNotNull();
                        reads++;
                      } while (!work.isEnough());
                      return reads;
                    },
                    task -> Proxy.start("reader", task)))
        .toList()
        .stream()
        .mapToInt(CompletableFuture::join)
        .sum();
  }

  @Test
  @DisplayName("12: a server is read-only for a while under load: each change set is applied once")
  void readOnlyUnderLoad() throws Exception {
    try (EmbeddedPostgres server = TestServer.start();
        StateStore store =
            open(server.getJdbcUrl("postgres", "postgres") + "&ApplicationName=load", PATIENT);
        Connection sql = connect(server)) {
      Workload work = new Workload(store, 4, 1);
      work.start();
      for (int i = 0; i < STOPS; i++) {
        work.awaitProgress();
        setReadOnly(server, "on");
        awaitNoSessions(sql, "load");
        setReadOnly(server, "off");
      }
      work.awaitProgress();
      work.finish();
      work.check(store, sql, "waymark");
    }
  }

  /** Waits until the store has closed all its sessions, because none can write any more. */
  private static void awaitNoSessions(Connection sql, String application) throws SQLException {
    String sessions =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = '" + application + "'";
    while (!TestServer.text(sql, sessions).equals("0")) {
      Thread.onSpinWait();
    }
  }

  @Test
  @DisplayName("12: a server process is killed: the server recovers and the store continues")
  void crash() throws Exception {
    try (EmbeddedPostgres server = TestServer.start();
        StateStore store = open(server, PATIENT)) {
      Sample.saveWorkflow(store);
      ExecutionId before = Sample.createExecution(store);
      kill(server);
      ExecutionId after = Sample.createExecution(store);
      assertThat(store.execution(before)).isNotNull();
      assertThat(store.execution(after)).isNotNull();
    }
  }

  /** When one of its processes dies, the server ends all others and recovers from its log. */
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
  @DisplayName("12: the store reports a read-only server, and retries until it accepts writes")
  void readOnly() throws Exception {
    try (EmbeddedPostgres server = TestServer.start();
        StateStore store = open(server, Duration.ofMillis(300));
        StateStore patient = open(server, PATIENT)) {
      Sample.saveWorkflow(store);
      setReadOnly(server, "on");
      assertThatThrownBy(() -> Sample.createExecution(store))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("does not accept writes")
          .hasMessageContaining("after retries for 300ms");
      CompletableFuture<ExecutionId> waiting =
          CompletableFuture.supplyAsync(() -> Sample.createExecution(patient));
      setReadOnly(server, "off");
      assertThat(store.execution(waiting.get(60, TimeUnit.SECONDS))).isNotNull();
      assertThat(store.execution(Sample.createExecution(store))).isNotNull();
    }
  }

  @Test
  @DisplayName(
      "the store reports an unreachable server by its name when the retry time-out has expired")
  void gone() throws Exception {
    EmbeddedPostgres server = TestServer.start();
    try (StateStore store = open(server, Duration.ofMillis(500))) {
      Sample.saveWorkflow(store);
      server.close();
      Callable<Object> read =
          () ->
              assertThatThrownBy(() -> store.workflow(Sample.WORKFLOW))
                  .isInstanceOf(StoreUnavailableException.class)
                  .hasMessageContaining("localhost:" + server.getPort())
                  .hasMessageContaining("cannot be reached, also after retries for 500ms");
      Sample.together(Collections.nCopies(8, read));
      assertThatThrownBy(() -> Sample.createExecution(store))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("localhost:" + server.getPort());
    }
  }

  @Test
  @DisplayName("12: the store does not report a server that stops new connections as a full pool")
  void silent() throws Exception {
    String schema = TestServer.newSchema();
    AtomicBoolean silent = new AtomicBoolean();
    try (Proxy proxy = Proxy.ofTestServer(() -> new Silencer(silent));
        StateStore store =
            PostgresStateStore.builder(proxy.url(""))
                .schema(schema)
                .poolTimeout(Duration.ofMillis(250))
                .retryTimeout(Duration.ofSeconds(1))
                .build()) {
      Sample.saveWorkflow(store);
      silent.set(true);
      assertThatThrownBy(() -> Sample.createExecution(store))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("cannot be reached, also after retries for 1s")
          .hasMessageNotContaining("the pool size");
    } finally {
      TestServer.drop(schema);
    }
  }

  /** Closes earlier connections at the silence, and then discards what is sent to the server. */
  private record Silencer(AtomicBoolean silent, boolean late) implements Proxy.Tap {
    Silencer(AtomicBoolean silent) {
      this(silent, silent.get());
    }

    @Override
    public boolean toServer(byte[] bytes, int length, OutputStream server) throws IOException {
      return late || (!silent.get() && Proxy.Tap.super.toServer(bytes, length, server));
    }
  }

  private static StateStore open(EmbeddedPostgres server, Duration retry) {
    return open(server.getJdbcUrl("postgres", "postgres"), retry);
  }

  private static StateStore open(String url, Duration retry) {
    return PostgresStateStore.builder(url)
        .poolTimeout(Duration.ofSeconds(1))
        .retryTimeout(retry)
        .build();
  }

  private static Connection connect(EmbeddedPostgres server) throws SQLException {
    return DriverManager.getConnection(server.getJdbcUrl("postgres", "postgres"));
  }

  /** Sets it and waits until the sessions have applied it. */
  private static void setReadOnly(EmbeddedPostgres server, String value) throws SQLException {
    String url = server.getJdbcUrl("postgres", "postgres");
    TestServer.set(url, "default_transaction_read_only", value);
  }
}
