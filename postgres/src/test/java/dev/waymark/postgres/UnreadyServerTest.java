package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.store.StateStore;
import dev.waymark.testserver.RestartableServer;
import dev.waymark.testserver.TestServer;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Opening a store on a server that is not ready yet")
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UnreadyServerTest {
  private static final String PASSWORD = "s3cret-Horse";
  private final String schema = TestServer.newSchema();

  @AfterEach
  void clear() {
    TestServer.drop(schema);
  }

  @Test
  @DisplayName("12: waits for a server that is starting, up to the retry time-out")
  void startingUp() throws Exception {
    try (RestartableServer server = RestartableServer.start();
        Proxy proxy = new Proxy("localhost", server.port(), () -> new Proxy.Tap() {})) {
      server.stopImmediately();
      server.restartUnready();
      awaitUnready(server.url());
      assertThatThrownBy(() -> open(server.url(), Duration.ofMillis(300)))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("localhost:" + server.port() + "/postgres")
          .hasMessageContaining("not ready, also after retries for 300ms")
          .hasMessageContaining("open the store again when the server is ready")
          .hasMessageNotContaining("commit");
      String there = server.url().replace(":" + server.port(), ":" + proxy.port());
      CompletableFuture<StateStore> opening =
          CompletableFuture.supplyAsync(() -> open(there, Duration.ofSeconds(60)));
      proxy.awaitConnections(3);
      server.promote();
      try (StateStore store = opening.get(60, TimeUnit.SECONDS)) {
        Sample.saveWorkflow(store);
        assertThat(store.workflow(Sample.WORKFLOW)).isNotNull();
      }
    }
  }

  private static StateStore open(String url, Duration retry) {
    return PostgresStateStore.builder(url).retryTimeout(retry).build();
  }

  /** A server that is starting does not listen for a moment. */
  private static void awaitUnready(String url) {
    String state = "";
    while (!"57P03".equals(state)) {
      try (Connection connection = DriverManager.getConnection(url)) {
        throw new IllegalStateException("let in by " + connection);
      } catch (SQLException e) {
        state = e.getSQLState();
      }
    }
  }

  @Test
  @DisplayName("12: opens connections again that break while they are established")
  void brokenOff() throws Exception {
    AtomicInteger number = new AtomicInteger();
    try (Proxy proxy = Proxy.ofTestServer(() -> breaking(number.incrementAndGet() <= 3));
        StateStore store = PostgresStateStore.builder(proxy.url("")).schema(schema).build()) {
      Sample.saveWorkflow(store);
      assertThat(store.workflow(Sample.WORKFLOW)).isNotNull();
      assertThat(number.get()).isGreaterThan(3);
    }
  }

  /** Closes the connection when the server answers for the first time. */
  private static Proxy.Tap breaking(boolean breaks) {
    return new Proxy.Tap() {
      @Override
      public boolean toClient(byte[] bytes, int length, OutputStream client) throws IOException {
        return !breaks && Proxy.Tap.super.toClient(bytes, length, client);
      }
    };
  }

  @Test
  @DisplayName("12: waits for a server without a free connection, and then reports it")
  void tooManyConnections() throws Exception {
    String user = TestServer.newName();
    TestServer.execute(
        """
        CREATE ROLE %1$s LOGIN PASSWORD '%2$s' CONNECTION LIMIT 1;
        GRANT USAGE ON SCHEMA %3$s TO %1$s; GRANT ALL ON ALL TABLES IN SCHEMA %3$s TO %1$s"""
            .formatted(user, PASSWORD, schema));
    try (Proxy proxy = Proxy.ofTestServer(() -> new Proxy.Tap() {})) {
      PostgresStateStore.Builder one =
          PostgresStateStore.builder(proxy.url(""))
              .schema(schema)
              .user(user)
              .password(PASSWORD)
              .poolSize(1);
      CompletableFuture<StateStore> opening;
      try (StateStore holder = one.build()) {
        assertThatThrownBy(() -> one.retryTimeout(Duration.ofMillis(200)).build())
            .isInstanceOf(StoreUnavailableException.class)
            .hasMessageContaining("no free connections, also after retries for 200ms")
            .hasMessageContaining("max_connections")
            .hasStackTraceContaining("too many connections")
            .satisfies(error -> assertThat(error.toString()).doesNotContain(PASSWORD));
        proxy.forgetConnections();
        opening = CompletableFuture.supplyAsync(one.retryTimeout(Duration.ofSeconds(60))::build);
        proxy.awaitConnections(3);
        assertThat(holder.workflow(Sample.WORKFLOW)).isNull();
      }
      opening.get(60, TimeUnit.SECONDS).close();
    } finally {
      TestServer.execute("DROP OWNED BY " + user + "; DROP ROLE " + user);
    }
  }
}
