package dev.waymark.postgres.internal.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.store.Subscription;
import dev.waymark.testserver.TestServer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;

@DisplayName("The connection of the listener thread on PostgreSQL")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PostgresListenerConnectionTest {
  private static final Duration LONG = Duration.ofHours(1);

  /** No schema: the test calls the listener. */
  private final String name = TestServer.newName();

  private final Semaphore calls = new Semaphore(0);

  /** Opens a connection, or fails if there is none. */
  @FunctionalInterface
  private interface Opening {
    Connection open() throws SQLException;
  }

  /** A source that records the connections that it has returned. */
  private static final class Source extends PGSimpleDataSource {
    private static final long serialVersionUID = 1L;

    private final transient Opening opening;
    final transient List<Connection> opened = new CopyOnWriteArrayList<>();

    Source(Opening opening) {
      this.opening = opening;
    }

    @Override
    public Connection getConnection() throws SQLException {
      Connection connection = opening.open();
      opened.add(connection);
      return connection;
    }
  }

  private PostgresListener listener(Source source, Duration wait) {
    return new PostgresListener(source, name, calls::release, wait);
  }

  private void awaitCall() throws InterruptedException {
    assertThat(calls.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
  }

  private void awaitEndOfThread() {
    while (Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("waymark-listen-" + name))) {
      Thread.onSpinWait();
    }
  }

  private static Subscription nothing() {
    return () -> {};
  }

  private void call(String payload) {
    TestServer.execute("SELECT pg_notify('waymark', '" + payload + "')");
  }

  @Test
  @DisplayName("14: may wait for longer than the time-out of its socket")
  void socketTimeout() throws Exception {
    String parameters = "socketTimeout=1&ApplicationName=" + name;
    Source source = new Source(() -> DriverManager.getConnection(TestServer.url(parameters)));
    try (PostgresListener listener = listener(source, Duration.ofMillis(1_500))) {
      listener.during(nothing());
      awaitCall();
      for (int waits = 0; waits < 2; waits++) {
        String before = lastQuery();
        while (lastQuery().equals(before)) {
          Thread.onSpinWait();
        }
      }
      call(name);
      awaitCall();
      assertThat(source.opened).hasSize(1);
    }
    awaitEndOfThread();
    assertThat(source.opened.get(0).isClosed()).isTrue();
  }

  private String lastQuery() {
    return TestServer.text(
        "SELECT query_start FROM pg_stat_activity WHERE application_name = '" + name + "'");
  }

  @Test
  @DisplayName("is opened again and again until the server accepts one")
  void again() throws InterruptedException {
    Semaphore refusals = new Semaphore(5);
    Source source =
        new Source(
            () -> {
              if (refusals.tryAcquire()) {
                throw new SQLException("not now", "53300");
              }
              return TestServer.connect();
            });
    try (PostgresListener listener = listener(source, LONG)) {
      listener.during(nothing());
      awaitCall();
      assertThat(refusals.availablePermits()).isZero();
      call(name);
      awaitCall();
    }
    awaitEndOfThread();
  }

  @Test
  @DisplayName("does not delay a close, and is closed if it is established too late")
  void late() throws SQLException, InterruptedException {
    CountDownLatch opening = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    Source source =
        new Source(
            () -> {
              opening.countDown();
              try {
                closed.await();
              } catch (InterruptedException e) {
                throw new SQLException(e);
              }
              return TestServer.connect();
            });
    PostgresListener listener = listener(source, LONG);
    listener.during(nothing());
    opening.await();
    listener.close();
    closed.countDown();
    awaitEndOfThread();
    assertThat(source.opened).hasSize(1);
    assertThat(source.opened.get(0).isClosed()).isTrue();
    listener.during(nothing());
    awaitEndOfThread();
    assertThat(source.opened).hasSize(1);
    assertThat(calls.availablePermits()).isZero();
  }

  @Test
  @DisplayName("is closed and never retried when its driver cannot listen")
  void otherDriver() throws SQLException {
    Source source = new Source(() -> hidden(TestServer.connect()));
    try (PostgresListener listener = listener(source, LONG)) {
      listener.during(nothing()).close();
      listener.during(nothing());
      awaitEndOfThread();
      int opened = source.opened.size();
      listener.during(nothing());
      awaitEndOfThread();
      assertThat(source.opened).hasSize(opened);
      for (Connection connection : source.opened) {
        assertThat(connection.isClosed()).isTrue();
      }
    }
  }

  /** A connection that cannot be unwrapped. */
  private static Connection hidden(Connection connection) {
    return (Connection)
        Proxy.newProxyInstance(
            PostgresListenerConnectionTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("isWrapperFor")) {
                return !arguments[0].equals(PGConnection.class);
              }
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  @DisplayName("17: is closed and never retried when it does not keep one session")
  void notOneSession() throws SQLException, InterruptedException {
    Source source = new Source(TestServer::connect);
    try (PostgresListener listener = listener(source, Duration.ofMillis(1))) {
      listener.during(nothing());
      awaitCall();
      // The process id differs, as after a change of the session behind the connection.
      try (Statement sql = source.opened.get(0).createStatement()) {
        sql.execute("UNLISTEN waymark");
      }
      awaitEndOfThread();
      listener.during(nothing());
      assertThat(source.opened).hasSize(1);
    }
  }
}
