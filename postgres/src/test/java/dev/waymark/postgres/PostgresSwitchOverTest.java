package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.Transition;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Invariants;
import dev.waymark.testkit.StoreContents;
import dev.waymark.testserver.TestServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A PostgreSQL store that continues in a logical replica")
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PostgresSwitchOverTest {
  private static final String SCHEMA = "waymark";

  @Test
  @DisplayName("numbers the history correctly, although sequences are not replicated")
  void history(@TempDir Path data) throws Exception {
    try (EmbeddedPostgres server =
        TestServer.start(data.resolve("server"), Map.of("wal_level", "logical"))) {
      String primary = server.getJdbcUrl("postgres", "postgres");
      execute(primary, "CREATE DATABASE replica");
      String replica = server.getJdbcUrl("postgres", "replica");
      ExecutionId id;
      TaskRunId run;
      StoreContents before;
      try (StateStore store = open(primary)) {
        Sample.saveWorkflow(store);
        for (int i = 0; i < 20; i++) {
          Sample.createTaskRun(store);
        }
        run = Sample.createTaskRun(store);
        id = store.taskRun(run).executionId();
        store.commit(
            ChangeSet.builder()
                .updateExecution(id, ExecutionState.RUNNING)
                .updateTaskRun(run, TaskRunState.RUNNING)
                .build());
        before = StoreContents.of(store);
      }
      replicate(primary, replica);
      try (StateStore store = open(replica)) {
        assertThat(StoreContents.of(store)).isEqualTo(before);
        List<Transition> first = history(store, id);
        store.updateTaskRun(run, TaskRunState.SUCCEEDED, 2);
        store.updateExecution(id, ExecutionState.SUCCEEDED, 2);
        List<Transition> all = history(store, id);
        assertThat(all).hasSize(first.size() + 2).startsWith(first.toArray(new Transition[0]));
        assertThat(all.get(0).from()).isNull();
        assertThat(all.stream().map(Transition::sequence))
            .isEqualTo(LongStream.rangeClosed(1, all.size()).boxed().toList());
        assertThat(Invariants.violations(store)).isEmpty();
      }
    }
  }

  private static List<Transition> history(StateStore store, ExecutionId id) {
    return store.history(id, PageRequest.first(100)).items();
  }

  private static StateStore open(String url) {
    return PostgresStateStore.builder(url).schema(SCHEMA).build();
  }

  /** Copies everything by logical replication, waits until it has arrived, and switches over. */
  private static void replicate(String primary, String replica) throws SQLException {
    open(replica).close();
    execute(
        replica,
        "SET session_replication_role = replica; DELETE FROM waymark.waymark_version; DELETE FROM waymark.waymark_schema_history");
    execute(primary, "CREATE PUBLICATION everything FOR ALL TABLES");
    // Within one server, a subscription cannot create its own slot.
    execute(primary, "SELECT pg_create_logical_replication_slot('switch', 'pgoutput')");
    String connection =
        primary.replaceFirst("^jdbc:postgresql://([^:/]+):(\\d+)/.*", "host=$1 port=$2");
    execute(
        replica,
        "CREATE SUBSCRIPTION switch CONNECTION '%s dbname=postgres user=postgres' PUBLICATION everything WITH (create_slot = false, slot_name = 'switch')"
            .formatted(connection));
    String copied = "SELECT count(*) FROM pg_subscription_rel WHERE srsubstate <> 'r'";
    try (Connection asking = DriverManager.getConnection(replica)) {
      while (!TestServer.text(asking, copied).equals("0")
          || TestServer.text(asking, "SELECT count(*) FROM pg_subscription_rel").equals("0")) {
        Thread.onSpinWait();
      }
    }
    execute(replica, "ALTER SUBSCRIPTION switch DISABLE");
    execute(replica, "ALTER SUBSCRIPTION switch SET (slot_name = NONE)");
    execute(replica, "DROP SUBSCRIPTION switch");
  }

  private static void execute(String url, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  @DisplayName("does not depend on any sequence")
  void noSequences() {
    String schema = TestServer.newSchema();
    try {
      assertThat(
              TestServer.text(
                  "SELECT count(*) FROM pg_class WHERE relkind = 'S' AND relnamespace = '%s'::regnamespace"
                      .formatted(schema)))
          .isEqualTo("0");
    } finally {
      TestServer.drop(schema);
    }
  }
}
