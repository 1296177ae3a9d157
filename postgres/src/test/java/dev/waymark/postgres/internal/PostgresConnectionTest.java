package dev.waymark.postgres.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waymark.jdbc.internal.sql.CountChanges;
import dev.waymark.jdbc.internal.sql.ReadStatement;
import dev.waymark.jdbc.internal.sql.Remedy;
import dev.waymark.jdbc.internal.sql.Session;
import dev.waymark.postgres.internal.connect.PostgresAddress;
import dev.waymark.testserver.TestServer;
import java.net.InetAddress;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.net.SocketFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

@DisplayName("Connections and transactions on PostgreSQL")
class PostgresConnectionTest {
  private static final String SKIPS_LOCKED_ROWS =
      "FOR NO KEY UPDATE OF E SKIP LOCKED FOR UPDATE OF Q SKIP LOCKED";
  private static final String[] LOCKS = {"FOR ", "SHARE", "SKIP LOCKED", "NOWAIT"};

  private static final PostgresSettings SETTINGS = settings(Duration.ofSeconds(5));

  private static PostgresSettings settings(Duration idle) {
    return settings("waymark", idle);
  }

  static PostgresSettings settings(String schema, Duration idle) {
    return new PostgresSettings(
        schema,
        2,
        Duration.ofSeconds(1),
        Duration.ofSeconds(4),
        Duration.ofSeconds(7),
        Duration.ofSeconds(3),
        idle,
        Duration.ZERO);
  }

  private static Connection connect(String parameters) throws SQLException {
    PostgresAddress address = PostgresAddress.parse(TestServer.url(parameters), List.of());
    return new PostgresConnector(address, SETTINGS).getConnection();
  }

  private static PostgresDialect dialect(PostgresSettings settings) {
    return new PostgresDialect(
        settings, PostgresErrors.ofDataSource(settings), new PostgresServer(14, false, false));
  }

  @Test
  @DisplayName("14: the socket has keep-alive, and a time-out longer than those of the server")
  void socket() throws Exception {
    try (Connection connection = connect("socketFactory=" + Sockets.class.getName())) {
      assertThat(Sockets.last.getKeepAlive()).isTrue();
      assertThat(Sockets.last.getSoTimeout()).isEqualTo(17_000);
      assertThat(connection.getNetworkTimeout())
          .isEqualTo(17_000)
          .isGreaterThan((int) SETTINGS.statementTimeout().toMillis());
      assertThat(TestServer.text(connection, "SHOW application_name")).isEqualTo("waymark");
    }
  }

  @Test
  @DisplayName("14: parameters of the URL are kept")
  void urlWins() throws SQLException {
    try (Connection connection = connect("socketTimeout=99&ApplicationName=mine")) {
      assertThat(connection.getNetworkTimeout()).isEqualTo(99_000);
      assertThat(TestServer.text(connection, "SHOW application_name")).isEqualTo("mine");
    }
  }

  @Test
  @DisplayName("14: the store does not connect to a read-only server")
  void primary() throws SQLException {
    assertThatThrownBy(() -> connect("options=-c%20default_transaction_read_only=on"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("targetServerType: primary");
    try (Connection any =
        connect("options=-c%20default_transaction_read_only=on&targetServerType=any")) {
      assertThat(any.isValid(1)).isTrue();
    }
  }

  @Test
  @DisplayName("14: time-outs hold within a transaction, and are reset in a session of others")
  void transaction() throws SQLException {
    PostgresDialect dialect = dialect(SETTINGS);
    try (Session session = new Session(TestServer.connect())) {
      session.execute("SET synchronous_commit = off");
      String before = state(session);
      dialect.beginWrite(session);
      dialect.read(session, List.of());
      assertThat(state(session)).isEqualTo("7s 3s 5s on read committed off");
      dialect.writeAndCommit(session, List.of(), CountChanges.NONE);
      assertThat(state(session)).isEqualTo(before);
      dialect.beginRead(session);
      assertThat(state(session)).isEqualTo("7s 3s 5s off repeatable read on");
      dialect.rollback(session);
      assertThat(state(session)).isEqualTo(before);
    }
  }

  @Test
  @DisplayName(
      "14: in a session of the store's own they hold from its first transaction to its last")
  void ownSession() throws SQLException {
    PostgresDialect dialect =
        new PostgresDialect(
            SETTINGS, PostgresErrors.ofDataSource(SETTINGS), new PostgresServer(14, false, true));
    try (Session session = new Session(connect("options=-c%20synchronous_commit=off"))) {
      for (int i = 0; i < 2; i++) {
        dialect.beginWrite(session);
        dialect.read(session, List.of());
        assertThat(state(session)).isEqualTo("7s 3s 5s on read committed off");
        dialect.writeAndCommit(session, List.of(), CountChanges.NONE);
        dialect.beginRead(session);
        assertThat(state(session)).isEqualTo("7s 3s 5s on repeatable read on");
        assertThat(TestServer.text(session.connection(), "SHOW enable_hashjoin")).isEqualTo("on");
        dialect.rollback(session);
        assertThat(TestServer.text(session.connection(), "SHOW enable_hashjoin")).isEqualTo("off");
      }
    }
  }

  private static String state(Session session) throws SQLException {
    return TestServer.text(
        session.connection(),
        """
        SELECT concat_ws(' ', current_setting('statement_timeout'), current_setting('lock_timeout'),
          current_setting('idle_in_transaction_session_timeout'), current_setting('synchronous_commit'),
          current_setting('transaction_isolation'), current_setting('transaction_read_only'))\
        """);
  }

  @Test
  @DisplayName("14: the server ends an idle transaction, and the store retries it")
  void idle() throws SQLException {
    PostgresDialect dialect = dialect(settings(Duration.ofMillis(50)));
    try (Session session = new Session(connect(""))) {
      String pid = TestServer.text(session.connection(), "SELECT pg_backend_pid()");
      dialect.beginWrite(session);
      dialect.read(session, List.of());
      String alive = "SELECT count(*) FROM pg_stat_activity WHERE pid = " + pid;
      while (!TestServer.text(alive).equals("0")) {
        Thread.onSpinWait();
      }
      assertThatThrownBy(() -> session.execute("SELECT 1"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(dialect.remedy(e)).isEqualTo(Remedy.AGAIN));
    }
  }

  @Test
  @DisplayName("14: the store retries a transaction that the server ends for its length")
  void transactionTimeout() throws SQLException {
    assumeTrue(
        Integer.parseInt(TestServer.text("SHOW server_version_num")) >= 170_000,
        "transaction_timeout exists since PostgreSQL 17");
    PostgresDialect dialect = dialect(settings(Duration.ofMinutes(1)));
    try (Session session = new Session(connect(""))) {
      dialect.beginWrite(session);
      dialect.read(session, List.of());
      assertThatThrownBy(
              () -> session.execute("SET LOCAL transaction_timeout = 50; SELECT pg_sleep(60)"))
          .isInstanceOfSatisfying(
              SQLException.class,
              e -> {
                assertThat(e.getSQLState()).isEqualTo("25P04");
                assertThat(dialect.remedy(e)).isEqualTo(Remedy.AGAIN);
              });
    }
  }

  @Test
  @DisplayName(
      "13, 19: lock waits follow a fixed order or are for a single lock; a claim skips locked rows; reads take no locks")
  void locks() throws SQLException {
    PostgresSql texts = new PostgresSql("waymark");
    for (ReadStatement statement : ReadStatement.values()) {
      String text = texts.text(statement).toUpperCase(Locale.ROOT);
      switch (statement) {
        case LOAD_EXECUTIONS -> assertThat(text).endsWith("ORDER BY E.ID FOR NO KEY UPDATE");
        case LOAD_SAVED_WORKFLOWS -> assertThat(text).endsWith("ORDER BY W.ID FOR NO KEY UPDATE");
        case LOAD_WORKERS -> assertThat(text).endsWith("ORDER BY W.NAME FOR NO KEY UPDATE");
        case LOAD_READY, LOAD_WAITING_READY, LOCK_READY_OF_EXECUTIONS ->
            assertThat(text).containsOnlyOnce("FOR ").containsOnlyOnce("FOR UPDATE SKIP LOCKED");
        case LOAD_POOLS, LOCK_POOLS -> assertThat(text).endsWith("ORDER BY P.NAME FOR UPDATE");
        case PICK_READY, PICK_BOUNDED ->
            assertThat(text.split(Pattern.quote(SKIPS_LOCKED_ROWS), -1))
                .hasSizeGreaterThan(1)
                .allSatisfy(part -> assertThat(part).doesNotContain(LOCKS));
        case PICK_WAITING ->
            assertThat(text).containsOnlyOnce("FOR UPDATE OF Q SKIP LOCKED FOR NO KEY UPDATE OF E");
        case PICK_READY_OF_EXECUTION, PICK_BOUNDED_OF_EXECUTION ->
            assertThat(text).containsOnlyOnce("FOR NO KEY UPDATE OF E FOR UPDATE OF Q SKIP LOCKED");
        default -> assertThat(text).doesNotContain(LOCKS);
      }
    }
    // Whatever the plan of a read is, the server refuses locks in its transaction.
    try (Session session = new Session(connect(""))) {
      dialect(SETTINGS).beginRead(session);
      assertThatThrownBy(() -> session.execute("SELECT FROM pg_class FOR SHARE SKIP LOCKED"))
          .hasMessageContaining("cannot execute SELECT FOR SHARE in a read-only transaction");
    }
  }

  /** Creates the sockets of the driver and keeps the last one. */
  public static final class Sockets extends SocketFactory {
    private static volatile Socket last;

    @Override
    public Socket createSocket() {
      last = new Socket();
      return last;
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

  private static String tune(int pid) {
    return new PostgresTransactions(SETTINGS, 14).tune(pid);
  }

  @Test
  @DisplayName(
      "a session of the store's own is tuned once, and a session of others stays unchanged")
  void tuned() throws SQLException {
    try (Connection own = connect("")) {
      assertThat(TestServer.text(own, "SHOW plan_cache_mode")).isEqualTo("force_generic_plan");
      assertThat(TestServer.text(own, "SHOW enable_hashjoin")).isEqualTo("off");
      assertThat(TestServer.text(own, "SHOW statement_timeout")).isEqualTo("7s");
      assertThat(TestServer.text(own, "SHOW search_path"))
          .isEqualTo("pg_catalog, \"waymark\", pg_temp");
      assertThat(PostgresServer.look(own, "here").isTuned()).isTrue();
    }
    try (Connection other = TestServer.connect()) {
      assertThat(PostgresServer.look(other, "here").isTuned()).isFalse();
      int pid = other.unwrap(PGConnection.class).getBackendPID();
      TestServer.text(other, tune(pid + 1));
      assertThat(TestServer.text(other, "SHOW plan_cache_mode")).isEqualTo("auto");
      assertThat(PostgresServer.look(other, "here").isTuned()).isFalse();
    }
  }

  @Test
  @DisplayName("a setting of another program cannot mark a session as tuned")
  void tunedByOthers() throws SQLException {
    try (Connection other = TestServer.connect()) {
      TestServer.text(
          other, "SELECT set_config('" + PostgresTransactions.TUNED + "', 'on', false)");
      assertThat(PostgresServer.look(other, "here").isTuned()).isFalse();
    }
  }

  @Test
  @DisplayName("a reload of the server does not change a session of the store's own")
  void reloaded() throws SQLException {
    try (Connection own = connect("");
        Connection other = TestServer.connect()) {
      try {
        TestServer.set(TestServer.url(), "statement_timeout", "3h");
        assertThat(TestServer.text(other, "SHOW statement_timeout")).isEqualTo("3h");
        assertThat(TestServer.text(own, "SHOW statement_timeout")).isEqualTo("7s");
      } finally {
        TestServer.execute("ALTER SYSTEM RESET statement_timeout");
        TestServer.text("SELECT pg_reload_conf()");
      }
    }
  }

  @Test
  @DisplayName("a transaction of a tuned session sets nothing, and any other sets everything")
  void begins() {
    PostgresTransactions transactions = new PostgresTransactions(SETTINGS, 18);
    assertThat(transactions.write(true))
        .isEqualTo("BEGIN ISOLATION LEVEL READ COMMITTED NOT DEFERRABLE");
    String[] settings = transactions.write(false).split("set_config\\('", -1);
    assertThat(settings).hasSizeGreaterThan(15);
    for (int i = 1; i < settings.length; i++) {
      String name = settings[i].substring(0, settings[i].indexOf('\''));
      assertThat(transactions.tune(1)).contains("set_config('" + name + "'");
    }
    assertThat(transactions.write(false)).doesNotContain("false)");
    assertThat(transactions.read(false)).doesNotContain("false)");
  }
}
