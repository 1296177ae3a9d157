package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.store.StateStore;
import dev.waymark.testserver.TestServer;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("The state of a PostgreSQL session between transactions")
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PostgresSessionStateTest {
  private final String schema = TestServer.newSchema();

  @AfterEach
  void clear() {
    TestServer.drop(schema);
  }

  @Test
  @DisplayName("17: prepared statements survive a migration that adds columns, in their session")
  void cachedPlans() {
    try (StateStore store =
        PostgresStateStore.builder(TestServer.url("prepareThreshold=1&ApplicationName=" + schema))
            .schema(schema)
            .poolSize(1)
            .build()) {
      Sample.useEverything(store, 8);
      String session = session();
      addColumns();
      Sample.useEverything(store, 8);
      assertThat(session()).as("the session, which is closed after an error").isEqualTo(session);
    }
  }

  private String session() {
    return TestServer.text(
        "SELECT string_agg(pid::text, ',') FROM pg_stat_activity WHERE application_name = '"
            + schema
            + "'");
  }

  private void addColumns() {
    for (String table :
        List.of(
            "workflows",
            "workflow_revisions",
            "executions",
            "execution_details",
            "execution_labels",
            "task_runs",
            "attempts",
            "history",
            "commits")) {
      TestServer.execute("ALTER TABLE " + schema + "." + table + " ADD COLUMN added_later text");
    }
  }

  @Test
  @DisplayName(
      "17: prepared statements also survive such a migration behind a proxy that pools transactions")
  void poolOfTransactions() throws Exception {
    long seed = Long.getLong("waymark.test.seed", System.nanoTime());
    try (TransactionPool pool = new TransactionPool(seed);
        StateStore one = PostgresStateStore.builder(pool.url()).schema(schema).build();
        StateStore two = PostgresStateStore.builder(pool.url()).schema(schema).build();
        Connection direct = TestServer.connect()) {
      Workload work = new Workload(one, 4, 10);
      work.start();
      Sample.useEverything(two, 4);
      addColumns();
      Sample.useEverything(two, 4);
      while (pool.exchanges() < 50) {
        work.awaitProgress();
      }
      work.finish();
      assertThat(pool.errors()).as("errors of the server, seed " + seed).isZero();
      work.checkExecutions(one);
      assertThat(TestServer.text(direct, "SELECT count(*) FROM " + schema + ".task_runs"))
          .isEqualTo(Integer.toString(4 + 8));
      Counts.check(direct, schema);
    }
  }

  @Test
  @DisplayName("17: contains nothing of an earlier transaction")
  void leavesNothing() throws Exception {
    String left =
        """
        SELECT concat_ws(' ', current_setting('statement_timeout'), current_setting('lock_timeout'), current_setting('search_path'),
          current_setting('idle_in_transaction_session_timeout'), current_setting('default_transaction_isolation'),
          (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()))""";
    try (Connection session = TestServer.connect();
        StateStore one =
            PostgresStateStore.builder(new OneSession(session)).schema(schema).build()) {
      String before = TestServer.text(session, left);
      Sample.useEverything(one, 1);
      assertThat(TestServer.text(session, left)).isEqualTo(before);
    }
  }
}
