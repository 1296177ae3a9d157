package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.SchemaMismatchException;
import dev.waymark.core.error.StoreRejectedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.StateStore;
import dev.waymark.testserver.TestServer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Errors of an open store on PostgreSQL")
class PostgresErrorsTest {
  private static final String PASSWORD = "s3cret-Horse";
  private final String schema = TestServer.newSchema();

  @AfterEach
  void clear() {
    TestServer.drop(schema);
  }

  private static PostgresStateStore.Builder builder(String schema) {
    return PostgresStateStore.builder(TestServer.url()).schema(schema);
  }

  @Test
  @DisplayName("missing tables are reported as such")
  void lostTables() {
    try (StateStore store = builder(schema).build()) {
      TestServer.drop(schema);
      assertThatThrownBy(() -> Sample.saveWorkflow(store))
          .isInstanceOf(SchemaMismatchException.class)
          .hasMessageContaining("tables are not those of this version");
    }
  }

  @Test
  @DisplayName("an exhausted pool is reported with its numbers")
  void poolDry() throws Exception {
    try (StateStore store =
            builder(schema).poolSize(1).poolTimeout(Duration.ofMillis(250)).build();
        var other = TestServer.connect();
        var sql = other.createStatement()) {
      Sample.saveWorkflow(store);
      other.setAutoCommit(false);
      sql.execute("LOCK TABLE " + schema + ".executions IN ACCESS EXCLUSIVE MODE");
      Thread waiting = new Thread(() -> store.execution(Sample.IDS.executionId()));
      waiting.start();
      Sample.awaitLockWaiters(schema, 1);
      assertThatThrownBy(() -> store.workflow(Sample.WORKFLOW))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("none of the 1 connections")
          .hasMessageContaining("within 250ms")
          .hasMessageContaining("raise the pool size");
      other.rollback();
      waiting.join();
      assertThat(store.workflow(Sample.WORKFLOW)).isNotNull();
    }
  }

  @Test
  @DisplayName("a statement that takes too long is reported with the time-out, and stores nothing")
  void statementTimeout() throws Exception {
    try (StateStore store =
            builder(schema)
                // Long enough to open a store while the machine is busy.
                .statementTimeout(Duration.ofSeconds(2))
                .lockTimeout(Duration.ofSeconds(30))
                .build();
        var other = TestServer.connect();
        var sql = other.createStatement()) {
      Sample.saveWorkflow(store);
      other.setAutoCommit(false);
      sql.execute("LOCK TABLE " + schema + ".executions IN ACCESS EXCLUSIVE MODE");
      assertThatThrownBy(() -> Sample.createExecution(store))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("statement time-out of 2s")
          .hasMessageContaining("nothing was stored");
      assertThatThrownBy(() -> store.execution(Sample.IDS.executionId()))
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("statement time-out of 2s");
      other.rollback();
      assertThat(store.executions(ExecutionQuery.all()).total()).isZero();
      assertThat(store.execution(Sample.createExecution(store))).isNotNull();
    }
  }

  @Test
  @DisplayName(
      "the first write of a read-only user fails with the missing privilege, and stores nothing")
  void missingRights() {
    String user = TestServer.newName();
    TestServer.execute(
        """
        CREATE ROLE %1$s LOGIN PASSWORD '%2$s';
        GRANT USAGE ON SCHEMA %3$s TO %1$s; GRANT SELECT ON ALL TABLES IN SCHEMA %3$s TO %1$s\
        """
            .formatted(user, PASSWORD, schema));
    try (StateStore reader = builder(schema).user(user).password(PASSWORD).build()) {
      assertThat(reader.executions(ExecutionQuery.all()).total()).isZero();
      assertThatThrownBy(() -> Sample.saveWorkflow(reader))
          .isInstanceOf(StoreRejectedException.class)
          .hasMessageContaining("(schema " + schema + ")")
          .hasMessageContaining("user " + user + " lacks a privilege (permission denied for table")
          .hasMessageContaining("ask the owner of the schema to grant")
          .satisfies(error -> assertThat(error).hasMessageNotContaining(PASSWORD))
          .satisfies(error -> assertThat(error.getCause()).hasMessageNotContaining(PASSWORD));
      assertThat(reader.workflow(Sample.WORKFLOW)).isNull();
    } finally {
      TestServer.execute("DROP OWNED BY " + user + "; DROP ROLE " + user);
    }
  }
}
