package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.waymark.core.error.CallerTransactionException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.StateStore;
import dev.waymark.testserver.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** With the real classes of Spring and HikariCP. */
@DisplayName("A store on the data source of a caller that has an open transaction")
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CallerTransactionTest {
  private final String schema = TestServer.newSchema();
  private final String notes = schema + ".notes";

  @BeforeEach
  void makeTableOfCaller() {
    TestServer.execute("CREATE TABLE " + notes + " (note text)");
  }

  @AfterEach
  void clear() {
    TestServer.drop(schema);
  }

  private static HikariDataSource pool(boolean autocommit, int size) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(TestServer.url());
    config.setAutoCommit(autocommit);
    config.setMaximumPoolSize(size);
    return new HikariDataSource(config);
  }

  private StateStore store(DataSource source) {
    return PostgresStateStore.builder(source).schema(schema).build();
  }

  private static TransactionTemplate transaction(DataSource pool) {
    return new TransactionTemplate(new DataSourceTransactionManager(pool));
  }

  private String count() {
    return TestServer.text("SELECT count(*) FROM " + notes);
  }

  /** Every kind of call that needs a connection. */
  private static List<Runnable> calls(StateStore store) {
    NewExecution execution = new NewExecution(Sample.IDS.executionId(), Sample.WORKFLOW);
    return List.of(
        () -> store.createExecution(execution),
        () -> store.commit(ChangeSet.builder().createExecution(execution).build()),
        () ->
            join(
                () ->
                    store
                        .commitAsync(ChangeSet.builder().createExecution(execution).build())
                        .join()),
        () -> store.claim(ClaimRequest.of("w", 1, Duration.ofMinutes(1))),
        () -> store.executions(ExecutionQuery.all()),
        () -> store.execution(execution.id()));
  }

  private static void join(Runnable call) {
    try {
      call.run();
    } catch (CompletionException e) {
      throw (RuntimeException) e.getCause();
    }
  }

  @ParameterizedTest(name = "(pool with autocommit {0})")
  @ValueSource(booleans = {true, false})
  @DisplayName("refuses every call in the transaction, before and after its first statement")
  void refused(boolean autocommit) {
    try (HikariDataSource pool = pool(autocommit, 4);
        StateStore store = store(new TransactionAwareDataSourceProxy(pool))) {
      JdbcTemplate sql = new JdbcTemplate(pool);
      Sample.saveWorkflow(store);
      for (boolean first : List.of(true, false)) {
        for (Runnable call : calls(store)) {
          transaction(pool)
              .executeWithoutResult(
                  status -> {
                    if (!first) {
                      sql.update("INSERT INTO " + notes + " VALUES ('mine')");
                    }
                    assertThatThrownBy(call::run)
                        .isInstanceOf(CallerTransactionException.class)
                        .hasMessageContaining("(schema " + schema + ")")
                        .hasMessageContaining("call the store before or after the transaction")
                        .hasMessageContaining("connection pool itself");
                    sql.update("INSERT INTO " + notes + " VALUES ('mine too')");
                    status.setRollbackOnly();
                  });
          assertThat(count()).as("rows of the caller, whose rollback counts").isEqualTo("0");
        }
      }
      assertThat(store.executions(ExecutionQuery.all()).total()).isZero();
      assertThat(Sample.createExecution(store)).as("outside of a transaction").isNotNull();
    }
  }

  @Test
  @DisplayName("leaves the transaction able to commit")
  void callerCommits() {
    try (HikariDataSource pool = pool(true, 4);
        StateStore store = store(new TransactionAwareDataSourceProxy(pool))) {
      transaction(pool)
          .executeWithoutResult(
              status -> {
                new JdbcTemplate(pool).update("INSERT INTO " + notes + " VALUES ('mine')");
                assertThatThrownBy(() -> Sample.saveWorkflow(store))
                    .isInstanceOf(CallerTransactionException.class);
                assertThat(count()).as("visible to other connections").isEqualTo("0");
              });
      assertThat(count()).isEqualTo("1");
      assertThat(store.workflow(Sample.WORKFLOW)).isNull();
    }
  }

  @Test
  @DisplayName("does not open in the transaction, nor on its connection")
  void opening() {
    try (HikariDataSource pool = pool(true, 4)) {
      DataSource aware = new TransactionAwareDataSourceProxy(pool);
      transaction(pool)
          .executeWithoutResult(
              status -> {
                assertThatThrownBy(() -> store(aware))
                    .isInstanceOf(CallerTransactionException.class);
                new JdbcTemplate(pool).update("INSERT INTO " + notes + " VALUES ('mine')");
                Connection mine = DataSourceUtils.getConnection(pool);
                assertThatThrownBy(() -> store(new OneSession(mine)))
                    .isInstanceOf(CallerTransactionException.class);
              });
    }
  }

  @Test
  @DisplayName("works where Spring suspends the transaction, and on the pool itself")
  void remedies() {
    try (HikariDataSource pool = pool(true, 4);
        StateStore aware = store(new TransactionAwareDataSourceProxy(pool));
        StateStore plain = store(pool)) {
      TransactionTemplate suspended = transaction(pool);
      suspended.setPropagationBehavior(TransactionDefinition.PROPAGATION_NOT_SUPPORTED);
      transaction(pool)
          .executeWithoutResult(
              status -> {
                new JdbcTemplate(pool).update("INSERT INTO " + notes + " VALUES ('mine')");
                suspended.executeWithoutResult(inner -> Sample.saveWorkflow(aware));
                ExecutionId id = Sample.createExecution(plain);
                assertThat(plain.execution(id)).isNotNull();
                status.setRollbackOnly();
              });
      assertThat(count()).isEqualTo("0");
      assertThat(plain.executions(ExecutionQuery.all()).total()).isEqualTo(1);
    }
  }

  @Test
  @DisplayName("refuses only this call: commits of other threads in the same group succeed")
  void neighbours() throws Exception {
    try (HikariDataSource pool = pool(true, 16);
        StateStore store = store(new TransactionAwareDataSourceProxy(pool))) {
      Sample.saveWorkflow(store);
      AtomicBoolean over = new AtomicBoolean();
      Callable<Integer> inside =
          () -> {
            int refused = 0;
            while (!over.get()) {
              refused +=
                  transaction(pool)
                      .execute(
                          status -> {
                            assertThatThrownBy(() -> Sample.createExecution(store))
                                .isInstanceOf(CallerTransactionException.class);
                            return 1;
                          });
            }
            return refused;
          };
      Callable<Integer> outside =
          () -> {
            for (int i = 0; i < 50; i++) {
              Sample.createExecution(store);
            }
            return 50;
          };
      Callable<Integer> all =
          () -> {
            try {
              return Sample.together(IntStream.range(0, 4).mapToObj(i -> outside).toList()).size();
            } finally {
              over.set(true);
            }
          };
      List<Integer> done =
          Sample.together(Stream.concat(Stream.of(all), Stream.of(inside, inside)).toList());
      assertThat(done).allSatisfy(count -> assertThat(count).isPositive());
      assertThat(store.executions(ExecutionQuery.all()).total()).isEqualTo(200);
    }
  }

  @Test
  @DisplayName("works on a pool with autocommit off, and returns connections unchanged")
  void autocommitOff() throws SQLException {
    try (Connection session = TestServer.connect()) {
      session.setAutoCommit(false);
      try (StateStore store = store(new OneSession(session))) {
        Sample.useEverything(store, 2);
        assertThat(session.getAutoCommit()).isFalse();
        assertThatThrownBy(
                () ->
                    store.createExecution(
                        new NewExecution(Sample.IDS.executionId(), new WorkflowId("none"))))
            .isNotNull();
        assertThat(session.getAutoCommit()).isFalse();
      }
      session.rollback();
    }
    try (HikariDataSource pool = pool(false, 2);
        StateStore store = store(pool);
        StateStore lazy = store(new LazyConnectionDataSourceProxy(pool))) {
      Sample.useEverything(store, 2);
      Sample.useEverything(lazy, 2);
    }
  }

  @Test
  @DisplayName("refuses a connection in autocommit mode on which a BEGIN was executed")
  void begunByHand() throws SQLException {
    try (Connection session = TestServer.connect();
        StateStore store = store(new OneSession(session));
        Statement sql = session.createStatement()) {
      sql.execute("BEGIN; INSERT INTO " + notes + " VALUES ('mine')");
      assertThatThrownBy(() -> Sample.saveWorkflow(store))
          .isInstanceOf(CallerTransactionException.class)
          .hasMessageContaining("a transaction is open on it");
      sql.execute("ROLLBACK");
      assertThat(count()).isEqualTo("0");
      Sample.saveWorkflow(store);
    }
  }

  @Test
  @DisplayName("names a pool without free connections as the cause, and the remedy")
  void exhausted() throws Exception {
    try (HikariDataSource pool = pool(true, 3);
        StateStore store = store(pool)) {
      Sample.saveWorkflow(store);
      pool.setConnectionTimeout(Duration.ofMillis(500).toMillis());
      try (Connection one = pool.getConnection();
          Connection two = pool.getConnection();
          Connection three = pool.getConnection()) {
        assertThat(List.of(one, two, three)).doesNotContainNull();
        assertThatThrownBy(() -> Sample.createExecution(store))
            .hasMessageContaining("all 3 connections of the data source's pool are in use")
            .hasMessageContaining("holds a connection while it calls the store");
        assertThatThrownBy(() -> store.executions(ExecutionQuery.all()))
            .hasMessageContaining("all 3 connections of the data source's pool are in use");
      }
      Sample.createExecution(store);
    }
  }
}
