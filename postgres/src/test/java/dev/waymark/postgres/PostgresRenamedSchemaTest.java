package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.SchemaMismatchException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Invariants;
import dev.waymark.testserver.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A renamed or copied PostgreSQL schema")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PostgresRenamedSchemaTest {
  private final String first = TestServer.newName();
  private final String second = TestServer.newName();

  @AfterEach
  void drop() {
    TestServer.drop(first);
    TestServer.drop(second);
  }

  private static StateStore open(String schema) {
    return PostgresStateStore.builder(TestServer.url()).schema(schema).build();
  }

  /** One execution is created, and makes all the moves that triggers check. */
  private static ExecutionId work(StateStore store) {
    Sample.saveWorkflow(store);
    ExecutionId id = Sample.createExecution(store);
    store.updateExecution(id, ExecutionState.RUNNING, 1);
    store.updateExecution(id, ExecutionState.SUCCEEDED, 2);
    return id;
  }

  private static void assertHolds(StateStore store, String schema, int executions)
      throws SQLException {
    assertThat(store.executions(ExecutionQuery.all()).total()).isEqualTo(executions);
    assertThat(store.executions(ExecutionQuery.all()).items()).hasSize(executions);
    Counts.check(schema);
    assertThat(Invariants.violations(store)).isEmpty();
  }

  @Test
  @DisplayName("that was renamed accepts writes, and counts them")
  void renamed() throws SQLException {
    try (StateStore store = open(first)) {
      work(store);
    }
    TestServer.execute("ALTER SCHEMA %s RENAME TO %s".formatted(first, second));
    try (StateStore store = open(second)) {
      work(store);
      assertHolds(store, second, 2);
    }
    assertThat(TestServer.text("SELECT to_regnamespace('" + first + "')")).isNull();
  }

  @Test
  @DisplayName("whose old name another store has now does not change the totals of that store")
  void renamedAndReplaced() throws SQLException {
    try (StateStore store = open(first)) {
      work(store);
    }
    TestServer.execute("ALTER SCHEMA %s RENAME TO %s".formatted(first, second));
    try (StateStore renamed = open(second);
        StateStore other = open(first)) {
      work(other);
      work(renamed);
      work(renamed);
      work(other);
      assertHolds(renamed, second, 3);
      assertHolds(other, first, 2);
    }
  }

  @Test
  @DisplayName(
      "that is a clone of another accepts writes, and both totals stay correct and separate")
  void cloned() throws SQLException {
    try (StateStore store = open(first)) {
      work(store);
    }
    SchemaClone.make(first, second, SchemaClone.Functions.COPIED);
    try (StateStore clone = open(second);
        StateStore original = open(first)) {
      work(clone);
      work(original);
      work(clone);
      assertHolds(clone, second, 3);
      assertHolds(original, first, 2);
    }
  }

  @Test
  @DisplayName("that is a clone whose triggers call the functions of the original does so too")
  void clonedWithFunctionsOfTheOriginal() throws SQLException {
    try (StateStore store = open(first)) {
      work(store);
    }
    SchemaClone.make(first, second, SchemaClone.Functions.OF_ORIGINAL);
    try (StateStore clone = open(second);
        StateStore original = open(first)) {
      work(clone);
      work(original);
      work(clone);
      assertHolds(clone, second, 3);
      assertHolds(original, first, 2);
    }
  }

  @Test
  @DisplayName("that is a copy without its triggers is refused, with the remedy")
  void withoutTriggers() {
    open(first).close();
    SchemaClone.make(first, second, SchemaClone.Functions.NONE);
    assertThatThrownBy(() -> open(second))
        .isInstanceOf(SchemaMismatchException.class)
        .hasMessageContaining(second)
        .hasMessageContaining("executions_count_moved on executions")
        .hasMessageContaining("pg_dump");
  }

  @Test
  @DisplayName("whose triggers are disabled is refused, and opens once they are enabled")
  void disabledTriggers() {
    open(first).close();
    TestServer.execute("ALTER TABLE " + first + ".executions DISABLE TRIGGER executions_move");
    assertThatThrownBy(() -> open(first))
        .isInstanceOf(SchemaMismatchException.class)
        .hasMessageContaining("These triggers do not run: executions_move on executions.")
        .hasMessageContaining("ENABLE TRIGGER");
    TestServer.execute("ALTER TABLE " + first + ".executions ENABLE TRIGGER ALL");
    open(first).close();
  }

  @Test
  @DisplayName("counts manual SQL with any search path, and leaves the path unchanged")
  void byHand() throws SQLException {
    try (StateStore store = open(first)) {
      Sample.saveWorkflow(store);
    }
    TestServer.execute("ALTER SCHEMA %s RENAME TO %s".formatted(first, second));
    try (Connection connection = TestServer.connect();
        Statement sql = connection.createStatement()) {
      sql.execute("SET search_path = public, pg_catalog");
      sql.execute(
          """
          INSERT INTO %1$s.executions (id, workflow_id, workflow_revision, state, version, request_hash, created_at)
          SELECT gen_random_uuid(), id, revision, 'PENDING', 1, 'h', now() FROM %1$s.workflows"""
              .formatted(second));
      sql.execute("UPDATE %s.executions SET state = 'RUNNING', version = 2".formatted(second));
      sql.execute("UPDATE %s.executions SET state = 'SUCCEEDED', version = 3".formatted(second));
      assertThat(TestServer.text(connection, "SHOW search_path")).isEqualTo("public, pg_catalog");
      Counts.check(second);
      sql.execute("DELETE FROM %s.executions".formatted(second));
      Counts.check(second);
      sql.execute("TRUNCATE %s.executions CASCADE".formatted(second));
      assertThat(TestServer.text(connection, "SHOW search_path")).isEqualTo("public, pg_catalog");
    }
  }
}
