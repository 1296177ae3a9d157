package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.StateStore;
import dev.waymark.testserver.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Counts of executions on PostgreSQL")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PostgresCountsTest {
  private static final int SLOTS = 16;
  private static final String PAUSE =
      "UPDATE executions SET state = 'PAUSED', version = version + 1 WHERE ";

  private final String schema = TestServer.newSchema();
  private final List<Connection> opened = new ArrayList<>();

  /** Forty executions of two workflows over ten days, from 1969 to 1970. */
  @BeforeEach
  void fill() throws SQLException {
    execute(connect(), "INSERT INTO workflows VALUES ('a', 1, 'h'), ('b', 1, 'h')");
    execute(
        connect(),
        "INSERT INTO workflow_revisions SELECT id, 1, 'h', NULL, '{}', now(), '' FROM workflows");
    execute(connect(), insert("generate_series(0, 39)"));
  }

  @AfterEach
  void check() throws SQLException {
    for (Connection connection : opened) {
      connection.close();
    }
    Counts.check(schema);
    TestServer.drop(schema);
  }

  private static String insert(String numbers) {
    return """
        INSERT INTO executions (id, workflow_id, workflow_revision, state, version, request_hash, created_at)
        SELECT md5(i::text)::uuid, CASE i %% 2 WHEN 0 THEN 'a' ELSE 'b' END, 1, 'PENDING', 1, 'h',
               timestamptz '1969-12-27 00:00Z' + i %% 10 * interval '1 day' - i %% 2 * interval '1 microsecond'
        FROM %s AS t (i)"""
        .formatted(numbers);
  }

  private static String one(int number) {
    return "id = md5('" + number + "')::uuid";
  }

  /** A session whose statements fail when they wait for long. */
  private Connection connect() throws SQLException {
    Connection connection = TestServer.connect();
    opened.add(connection);
    execute(connection, "SET search_path TO " + schema + "; SET lock_timeout = '20s'");
    return connection;
  }

  private Connection begin() throws SQLException {
    Connection connection = connect();
    connection.setAutoCommit(false);
    return connection;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private long total(ExecutionState... states) {
    try (StateStore store = PostgresStateStore.builder(TestServer.url()).schema(schema).build()) {
      return store.executions(ExecutionQuery.builder().states(states).build()).total();
    }
  }

  @Test
  @DisplayName("stay correct after moves, corrections, deletes and truncation by manual SQL")
  void byHand() throws SQLException {
    Connection sql = connect();
    execute(sql, PAUSE + "workflow_id = 'a'");
    assertThat(total(ExecutionState.PAUSED)).isEqualTo(20);
    execute(
        sql,
        "UPDATE executions SET workflow_id = 'b', created_at = '1969-12-31 23:59:59.999999Z' WHERE state = 'PAUSED'");
    Counts.check(sql, schema);
    execute(sql, "DELETE FROM executions WHERE " + one(3) + " OR state = 'PAUSED'");
    assertThat(total()).isEqualTo(19);
    Counts.check(sql, schema);
    execute(sql, "TRUNCATE executions CASCADE");
    assertThat(total()).isZero();
    Counts.check(sql, schema);
    execute(sql, insert("generate_series(0, 9)"));
    assertThat(total()).isEqualTo(10);
  }

  @Test
  @DisplayName("are left to a transaction that counts itself, but not its deletes and truncations")
  void countedByTheWriter() throws SQLException {
    Connection sql = begin();
    execute(sql, "SET LOCAL waymark.counted = 'yes'; " + PAUSE + one(0));
    execute(sql, insert("generate_series(100, 109)"));
    execute(sql, "DELETE FROM executions WHERE " + one(1));
    sql.commit();
    assertThat(total()).isEqualTo(39);
    assertThat(total(ExecutionState.PAUSED)).isZero();
    execute(sql, "TRUNCATE executions CASCADE");
    execute(sql, insert("generate_series(200, 204)")); // the setting has ended with its transaction
    sql.commit();
    assertThat(total()).isEqualTo(5);
  }

  @Test
  @DisplayName("of a store and of manual SQL between its commits add up")
  void besideManualSql() throws SQLException {
    Connection sql = connect();
    try (StateStore store = PostgresStateStore.builder(TestServer.url()).schema(schema).build()) {
      ExecutionId id = Ids.system().executionId();
      store.createExecution(new NewExecution(id, new WorkflowId("a")));
      execute(sql, PAUSE + "id = '" + id + "'");
      store.updateExecution(id, ExecutionState.RUNNING, 2);
      execute(sql, PAUSE + "workflow_id = 'b'");
      store.updateExecution(id, ExecutionState.CANCELLING, 3);
      Counts.check(schema);
    }
  }

  @Test
  @DisplayName(
      "are right after a move of an execution that was deleted and created again, or corrected")
  void createdAgain() throws SQLException {
    Connection sql = connect();
    try (StateStore store = PostgresStateStore.builder(TestServer.url()).schema(schema).build()) {
      ExecutionId id = Ids.system().executionId();
      store.createExecution(new NewExecution(id, new WorkflowId("a")));
      execute(sql, "DELETE FROM history WHERE execution_id = '" + id + "'");
      execute(sql, "DELETE FROM executions WHERE id = '" + id + "'");
      execute(sql, insert("generate_series(101, 101)").replace("md5(i::text)", "('" + id + "')"));
      store.updateExecution(id, ExecutionState.RUNNING, 1);
      Counts.check(schema);
      execute(sql, "UPDATE executions SET workflow_id = 'a' WHERE id = '" + id + "'");
      store.updateExecution(id, ExecutionState.PAUSED, 2);
      Counts.check(schema);
      execute(
          sql, "UPDATE executions SET created_at = '1971-02-03 04:05Z' WHERE id = '" + id + "'");
      store.updateExecution(id, ExecutionState.RUNNING, 3);
      Counts.check(schema);
    }
  }

  @Test
  @DisplayName("do not change when a transaction, or a part of it, is rolled back")
  void rolledBack() throws SQLException {
    Connection sql = begin();
    execute(sql, PAUSE + one(0));
    execute(sql, "SAVEPOINT s; DELETE FROM executions WHERE " + one(1) + "; ROLLBACK TO s");
    execute(sql, PAUSE + one(2));
    sql.commit();
    assertThat(total(ExecutionState.PAUSED)).isEqualTo(2);
    execute(sql, "DELETE FROM executions; TRUNCATE executions CASCADE");
    sql.rollback();
    assertThat(total()).isEqualTo(40);
  }

  @Test
  @DisplayName("make no transaction wait while there are at most as many as slots")
  void nobodyWaits() throws SQLException {
    List<Connection> open = new ArrayList<>();
    for (int i = 0; i < SLOTS; i++) {
      open.add(begin());
      execute(open.get(i), "SET lock_timeout = '2s'; " + PAUSE + one(i));
      execute(open.get(i), insert("(VALUES (" + (100 + i) + "), (" + (200 + i) + "))"));
    }
    assertThat(total(ExecutionState.PAUSED)).as("not committed").isZero();
    open.get(SLOTS - 1).commit(); // the last first: it waits for none of those before
    assertThat(total(ExecutionState.PAUSED)).isEqualTo(1);
    for (int i = 0; i < SLOTS - 1; i++) {
      open.get(i).commit();
    }
    assertThat(total(ExecutionState.PAUSED)).isEqualTo(SLOTS);
    assertThat(total()).isEqualTo(40 + 2 * SLOTS);
  }

  @Test
  @DisplayName("make additional transactions wait for the end of another, and all succeed")
  void moreThanSlots() throws Exception {
    List<Connection> open = new ArrayList<>();
    for (int i = 0; i < SLOTS; i++) {
      open.add(begin());
      execute(open.get(i), PAUSE + one(i));
    }
    Connection late = connect();
    CompletableFuture<Void> waiting =
        CompletableFuture.runAsync(
            () -> {
              try {
                execute(late, PAUSE + one(SLOTS) + " -- " + schema);
              } catch (SQLException e) {
                throw new IllegalStateException(e);
              }
            });
    Sample.awaitLockWaiters(schema, 1);
    assertThat(waiting).isNotDone();
    for (Connection connection : open) {
      connection.commit();
    }
    waiting.get(20, TimeUnit.SECONDS);
    assertThat(total(ExecutionState.PAUSED)).isEqualTo(SLOTS + 1);
  }

  @Test
  @DisplayName("are correct after many more writers than slots, without a deadlock")
  void manyWriters() throws Exception {
    List<Callable<Void>> writers = new ArrayList<>();
    for (int i = 0; i < 2 * SLOTS + 8; i++) {
      Connection sql = begin();
      int own = i;
      writers.add(
          () -> {
            for (int round = 1; round <= 5; round++) {
              int first = 1_000 * round + 2 * own;
              execute(sql, insert("generate_series(" + first + ", " + (first + 1) + ")"));
              execute(sql, PAUSE + one(first));
              execute(sql, "DELETE FROM executions WHERE " + one(first + 1));
              sql.commit();
            }
            return null;
          });
    }
    Sample.together(writers);
    assertThat(total(ExecutionState.PAUSED)).isEqualTo(5L * writers.size());
  }
}
