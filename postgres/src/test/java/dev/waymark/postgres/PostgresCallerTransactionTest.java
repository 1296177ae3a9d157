package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.waymark.core.conflict.ConflictException;
import dev.waymark.core.error.CallerTransactionException;
import dev.waymark.core.error.StoreRejectedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.contract.base.Parallel;
import dev.waymark.testkit.contract.base.StoreFixture;
import dev.waymark.testkit.sql.CallerTransactionContract;
import dev.waymark.testserver.TestServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.support.TransactionTemplate;

@DisplayName("Commits within a transaction of the caller on PostgreSQL")
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings("NullAway.Init")
class PostgresCallerTransactionTest extends CallerTransactionContract {
  private final String schema = TestServer.newSchema();
  private PostgresStateStore opened;

  @Override
  protected StoreFixture newFixture() {
    return new StoreFixture() {
      @Override
      public StateStore open(InstantSource clock, Limits limits) {
        opened =
            PostgresStateStore.builder(TestServer.url())
                .schema(schema)
                .clock(clock)
                .limits(limits)
                .build();
        return opened;
      }

      @Override
      public void close() throws SQLException {
        try (Connection connection = connect()) {
          connection.createStatement().execute("SET search_path TO pg_catalog, pg_temp");
          Counts.check(connection, schema);
          Leases.check(connection, schema);
          Standings.check(connection, schema);
        }
        TestServer.drop(schema);
      }
    };
  }

  @Override
  protected Connection connect() throws SQLException {
    return TestServer.connect();
  }

  /** A database with a schema of the same name, as a copy of the first. */
  @Override
  protected Connection connectElsewhere() throws SQLException {
    String url = TestServer.urlOf(TestServer.newDatabase());
    PostgresStateStore.builder(url).schema(schema).build().close();
    return DriverManager.getConnection(url);
  }

  @Override
  protected String table() {
    return schema + ".orders";
  }

  @Override
  protected StateStore within(Connection connection) {
    return opened.within(connection);
  }

  private NewExecution newExecution() {
    return new NewExecution(ids.executionId(), flow());
  }

  private static Map<String, String> settings(Connection connection) throws SQLException {
    Map<String, String> settings = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT name, setting FROM pg_catalog.pg_settings")) {
      while (rows.next()) {
        settings.put(rows.getString(1), rows.getString(2));
      }
    }
    settings.keySet().removeIf(name -> name.startsWith("waymark."));
    return settings;
  }

  @Test
  @DisplayName("no setting of the caller is changed after a commit, a refusal or the transaction")
  void settings() throws SQLException {
    NewExecution execution = newExecution();
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET lock_timeout = '7s'");
      Map<String, String> ofSession = settings(connection);
      connection.setAutoCommit(false);
      statement.execute("SET LOCAL search_path = pg_temp, public");
      statement.execute("SET LOCAL enable_seqscan = off");
      statement.execute("SET LOCAL session_replication_role = replica");
      Map<String, String> ofTransaction = settings(connection);
      assertThat(ofTransaction).isNotEqualTo(ofSession);
      within(connection).createExecution(execution);
      assertThat(settings(connection)).isEqualTo(ofTransaction);
      assertThatThrownBy(
              () -> within(connection).updateExecution(execution.id(), ExecutionState.RUNNING, 9))
          .isInstanceOf(ConflictException.class);
      assertThat(settings(connection)).isEqualTo(ofTransaction);
      connection.commit();
      assertThat(settings(connection)).isEqualTo(ofSession);
      connection.commit();
    }
    assertThat(store.executions(ExecutionQuery.builder().build()).total()).isOne();
  }

  @Test
  @DisplayName("what the caller writes by hand in the same transaction is counted, too")
  void countedByHand() throws SQLException {
    NewExecution execution = newExecution();
    ExecutionId other = execution();
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      within(connection).createExecution(execution);
      within(connection)
          .commit(
              ChangeSet.builder()
                  .updateExecution(execution.id(), ExecutionState.RUNNING)
                  .updateExecution(execution.id(), ExecutionState.PAUSED)
                  .updateExecution(execution.id(), ExecutionState.RUNNING)
                  .build());
      statement.execute(
          "UPDATE %s.executions SET state = 'RUNNING', version = 2, started_at = now() WHERE id = '%s'"
              .formatted(schema, other));
      connection.commit();
    }
    assertThat(
            store
                .executions(ExecutionQuery.builder().states(ExecutionState.RUNNING).build())
                .total())
        .isEqualTo(2);
  }

  @Test
  @DisplayName(
      "many open transactions that create executions delay neither each other nor the store")
  void longTransactions() throws SQLException {
    int transactions = 20;
    flow();
    Connection[] connections = new Connection[transactions];
    try {
      for (int i = 0; i < transactions; i++) {
        connections[i] = connect();
        connections[i].setAutoCommit(false);
        within(connections[i]).createExecution(newExecution());
      }
      StateStore impatient =
          PostgresStateStore.builder(TestServer.url())
              .schema(schema)
              .lockTimeout(Duration.ofSeconds(2))
              .retryTimeout(Duration.ZERO)
              .build();
      try (impatient) {
        impatient.createExecution(newExecution());
      }
      for (Connection connection : connections) {
        connection.commit();
      }
    } finally {
      for (Connection connection : connections) {
        connection.close();
      }
    }
    assertThat(store.executions(ExecutionQuery.builder().workflow(FLOW).build()).total())
        .isEqualTo(transactions + 1);
  }

  @Test
  @DisplayName("under REPEATABLE READ a record that others changed meanwhile asks for a repetition")
  void repeatableRead() throws SQLException {
    ExecutionId execution = executionIn(ExecutionState.RUNNING);
    ExecutionId untouched = executionIn(ExecutionState.RUNNING);
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      statement.executeQuery("SELECT 1 FROM pg_catalog.pg_class LIMIT 1").close();
      store.updateExecution(execution, ExecutionState.PAUSED, 2);
      assertThatThrownBy(
              () -> within(connection).updateExecution(execution, ExecutionState.CANCELLING, 3))
          .isInstanceOfSatisfying(
              StoreUnavailableException.class,
              e -> assertThat(e.outcome()).isEqualTo(StoreUnavailableException.Outcome.NOT_STORED))
          .hasMessageContaining("repeat all of it");
      within(connection).updateExecution(untouched, ExecutionState.PAUSED, 2);
      connection.commit();
      within(connection).updateExecution(execution, ExecutionState.CANCELLING, 3);
      connection.commit();
    }
    assertThat(stored(untouched).version()).isEqualTo(3);
    assertThat(stored(execution).version()).isEqualTo(4);
  }

  @Test
  @DisplayName("a read-only transaction reads; its commits are refused, as those of a failed one")
  void unusable() throws SQLException {
    NewExecution execution = newExecution();
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
      StateStore within = within(connection);
      assertThat(within.execution(execution.id())).isNull();
      assertThatThrownBy(() -> within.createExecution(execution))
          .isInstanceOf(CallerTransactionException.class)
          .hasMessageContaining("read-only");
      assertThat(within.execution(execution.id())).isNull();
      connection.rollback();
      connection.setReadOnly(false);
      statement.execute("SET TRANSACTION READ ONLY");
      assertThatThrownBy(() -> within.createExecution(execution))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("the transaction is read-only")
          .hasMessageContaining("can go on");
      connection.rollback();
      within.createExecution(execution);
      assertThatThrownBy(() -> statement.execute("SELECT 1 / 0")).isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> within.updateExecution(execution.id(), ExecutionState.RUNNING, 1))
          .hasMessageContaining("roll it back");
      connection.rollback();
      within.createExecution(execution);
      connection.commit();
    }
    assertThat(stored(execution.id()).version()).isOne();
  }

  @Test
  @DisplayName("a connection that the server ends is reported, and nothing is stored")
  void endedConnection() throws SQLException {
    NewExecution execution = newExecution();
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      StateStore within = within(connection);
      ResultSet row = statement.executeQuery("SELECT pg_backend_pid()");
      row.next();
      TestServer.execute("SELECT pg_terminate_backend(" + row.getInt(1) + ", 10000)");
      assertThatThrownBy(() -> within.createExecution(execution))
          .isInstanceOfSatisfying(
              StoreUnavailableException.class,
              e -> assertThat(e.outcome()).isEqualTo(StoreUnavailableException.Outcome.NOT_STORED))
          .hasMessageContaining("roll it back")
          .message()
          .doesNotContain("retries");
    }
    assertThat(store.createExecution(execution).version()).isOne();
  }

  @Test
  @DisplayName("a store that was opened read-only refuses")
  void readOnlyStore() throws SQLException {
    flow();
    try (PostgresStateStore reading =
            PostgresStateStore.builder(TestServer.url()).schema(schema).readOnly(true).build();
        Connection connection = connect()) {
      connection.setAutoCommit(false);
      assertThatThrownBy(() -> reading.within(connection))
          .isInstanceOf(StoreRejectedException.class)
          .hasMessageContaining("read-only");
      assertThat(reading.isWritable()).isFalse();
    }
  }

  @Test
  @DisplayName("more callers than connections, each with a transaction of Spring: no deadlock")
  void spring() {
    int callers = 14;
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(TestServer.url());
    config.setMaximumPoolSize(10);
    flow();
    try (HikariDataSource pool = new HikariDataSource(config);
        PostgresStateStore onPool =
            PostgresStateStore.builder(pool).schema(schema).clock(clock).build()) {
      JdbcTemplate sql = new JdbcTemplate(pool);
      sql.execute("CREATE TABLE " + table() + " (id bigint PRIMARY KEY, execution text)");
      TransactionTemplate transaction =
          new TransactionTemplate(new DataSourceTransactionManager(pool));
      List<ExecutionId> stored =
          Parallel.run(
              callers,
              caller -> {
                ExecutionId id = new ExecutionId(UUID.randomUUID());
                transaction.executeWithoutResult(
                    status -> {
                      sql.update("INSERT INTO " + table() + " VALUES (?, ?)", caller, "" + id);
                      onPool
                          .within(DataSourceUtils.getConnection(pool))
                          .createExecution(new NewExecution(id, FLOW));
                      if (caller % 2 == 1) {
                        status.setRollbackOnly();
                      }
                    });
                return id;
              });
      for (int caller = 0; caller < callers; caller++) {
        assertThat(onPool.execution(stored.get(caller)) == null).isEqualTo(caller % 2 == 1);
      }
      assertThat(sql.queryForObject("SELECT count(*) FROM " + table(), Integer.class))
          .isEqualTo(callers / 2);
    }
  }
}
