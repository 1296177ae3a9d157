package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.Subscription;
import dev.waymark.testserver.TestServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import javax.net.SocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

@DisplayName("17: A store behind PgBouncer")
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PgBouncerTest {
  private static final String IGNORE = "ignore_startup_parameters = extra_float_digits";

  @TempDir Path folder = Path.of("");
  private final String schema = TestServer.newName();

  @AfterEach
  void clear() {
    TestServer.drop(schema);
  }

  private StateStore open(PgBouncer proxy) {
    return PostgresStateStore.builder(proxy.url("ApplicationName=" + schema))
        .schema(schema)
        .build();
  }

  @ParameterizedTest
  @ValueSource(strings = {"transaction", "session"})
  @DisplayName("is created, migrated and used by clients that share the sessions of the server")
  void commits(String mode) throws Exception {
    try (PgBouncer proxy =
            PgBouncer.start(
                folder,
                "pool_mode = " + mode,
                IGNORE,
                "default_pool_size = " + (mode.equals("session") ? 30 : 3));
        StateStore one = open(proxy);
        StateStore two = open(proxy);
        Connection direct = TestServer.connect()) {
      Workload work = new Workload(one, 4, 12);
      work.start();
      Sample.useEverything(two, 12);
      work.finish();
      work.checkExecutions(one);
      assertThat(TestServer.text(direct, "SELECT count(*) FROM " + schema + ".task_runs"))
          .isEqualTo(Integer.toString(4 + 12));
      Counts.check(direct, schema);
    }
  }

  @Test
  @DisplayName("gives every task run to one worker, whichever session runs the claim")
  void claims() throws Exception {
    try (PgBouncer proxy = PgBouncer.start(folder, "pool_mode = transaction", IGNORE);
        StateStore one = open(proxy);
        StateStore two = open(proxy)) {
      Sample.saveWorkflow(one);
      int many = 60;
      for (int i = 0; i < many; i++) {
        TaskRunId run = Sample.createTaskRun(i % 2 == 0 ? one : two);
        ExecutionId execution = one.taskRun(run).executionId();
        one.updateExecution(execution, ExecutionState.RUNNING, 1);
        one.commit(ChangeSet.builder().readyTaskRun(run).build());
      }
      Set<TaskRunId> claimed = ConcurrentHashMap.newKeySet();
      Callable<Integer> worker =
          () -> {
            StateStore store = claimed.hashCode() % 2 == 0 ? one : two;
            int mine = 0;
            while (claimed.size() < many) {
              Claims claims =
                  store.claim(
                      ClaimRequest.of(Thread.currentThread().getName(), 3, Duration.ofHours(1)));
              for (Claims.Claimed each : claims.claimed()) {
                assertThat(claimed.add(each.taskRun().id())).as("claimed once").isTrue();
                mine++;
              }
            }
            return mine;
          };
      List<Integer> shares = Sample.together(IntStream.range(0, 4).mapToObj(i -> worker).toList());
      assertThat(shares.stream().mapToInt(Integer::intValue).sum()).isEqualTo(many);
    }
  }

  /** Routes the first connection to the server directly, and each later one to the proxy. */
  public static final class Detour extends SocketFactory {
    private static volatile int proxy;
    private static volatile boolean isFirst;

    @Override
    public Socket createSocket() {
      return new Socket() {
        @Override
        public void connect(SocketAddress server, int timeout) throws IOException {
          boolean direct = isFirst;
          isFirst = false;
          super.connect(direct ? server : new InetSocketAddress("127.0.0.1", proxy), timeout);
        }
      };
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  @DisplayName(
      "refuses a connection through the proxy if the first one went to the server directly")
  void mixed() throws Exception {
    try (PgBouncer proxy = PgBouncer.start(folder, "pool_mode = transaction", IGNORE)) {
      Detour.proxy = proxy.port();
      Detour.isFirst = true;
      String parameters = "ApplicationName=" + schema + "&socketFactory=" + Detour.class.getName();
      try (StateStore store =
          PostgresStateStore.builder(TestServer.url(parameters))
              .schema(schema)
              .retryTimeout(Duration.ofSeconds(1))
              .build()) {
        TestServer.text(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '"
                + schema
                + "'");
        assertThatThrownBy(() -> Sample.useEverything(store, 1))
            .isInstanceOf(StoreUnavailableException.class)
            .hasMessageContaining("a proxy shares this connection among its clients");
      }
    }
  }

  @Test
  @DisplayName(
      "notifies workers of its own commits, does not listen, and logs that workers poll for those of others")
  void listening() throws Exception {
    PrintStream before = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    Semaphore calls = new Semaphore(0);
    try (PgBouncer proxy = PgBouncer.start(folder, "pool_mode = transaction", IGNORE);
        StateStore store = open(proxy)) {
      System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
      Sample.saveWorkflow(store);
      try (Subscription subscription = store.onReady(calls::release)) {
        assertThat(subscription).isNotNull();
        while (!log.toString(StandardCharsets.UTF_8).contains("only poll")) {
          Thread.onSpinWait();
        }
        calls.drainPermits();
        TaskRunId run = Sample.createTaskRun(store);
        store.commit(ChangeSet.builder().readyTaskRun(run).build());
        calls.acquire();
      }
      assertThat(log.toString(StandardCharsets.UTF_8))
          .contains("workers of schema " + schema)
          .contains("proxy that pools");
    } finally {
      System.setErr(before);
    }
  }

  @Test
  @DisplayName("does not change how the connections of a caller's pool prepare statements")
  void dataSource() throws Exception {
    try (PgBouncer proxy = PgBouncer.start(folder, "pool_mode = transaction", IGNORE);
        HikariDataSource pool = pool(proxy.url("prepareThreshold=5"));
        StateStore store = PostgresStateStore.builder(pool).schema(schema).build()) {
      Workload work = new Workload(store, 4, 8);
      work.run();
      work.checkExecutions(store);
      try (Connection mine = pool.getConnection()) {
        assertThat(mine.unwrap(PGConnection.class).getPrepareThreshold()).isEqualTo(5);
      }
    }
  }

  private static HikariDataSource pool(String url) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(6);
    return new HikariDataSource(config);
  }

  @Test
  @DisplayName("names the parameter that PgBouncer refuses, and the setting that ignores it")
  void refusedParameter() throws Exception {
    try (PgBouncer proxy = PgBouncer.start(folder, "pool_mode = transaction")) {
      String url = proxy.url("options=-c%20geqo=off");
      assertThatThrownBy(() -> PostgresStateStore.builder(url).schema(schema).build())
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("rejected a connection parameter")
          .hasMessageContaining("ignore_startup_parameters = options in pgbouncer.ini");
    }
  }

  @Test
  @DisplayName("leaves no state in a session that another client uses next")
  void leavesNothing() throws Exception {
    String state =
        """
        SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings
        WHERE source = 'session' AND name NOT IN ('DateStyle', 'TimeZone', 'client_encoding', 'application_name', 'extra_float_digits',
          'standard_conforming_strings')\
        """;
    String statements =
        "SELECT string_agg(name || ' ' || statement, ' | ') FROM pg_prepared_statements";
    String locks =
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()";
    try (PgBouncer proxy =
            PgBouncer.start(folder, "pool_mode = transaction", IGNORE, "default_pool_size = 1");
        StateStore store = open(proxy)) {
      Sample.useEverything(store, 12);
      try (Connection other = DriverManager.getConnection(proxy.url("prepareThreshold=0"))) {
        assertThat(TestServer.text(other, state)).isNull();
        assertThat(TestServer.text(other, statements)).isNull();
        assertThat(TestServer.text(other, locks)).isEqualTo("0");
        assertThat(TestServer.text(other, "SELECT to_regclass('pg_temp.any') IS NULL"))
            .isEqualTo("t");
      }
      assertThat(store.executions(ExecutionQuery.all()).total()).isEqualTo(12);
    }
  }
}
