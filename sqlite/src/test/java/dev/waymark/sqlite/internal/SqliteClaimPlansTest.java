package dev.waymark.sqlite.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.store.ClaimRequest;
import dev.waymark.jdbc.internal.read.ClaimReads;
import dev.waymark.jdbc.internal.sql.ReadStatement;
import dev.waymark.jdbc.internal.sql.Request;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.ListAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The plans of claims on SQLite")
class SqliteClaimPlansTest {
  private static final String NUMBERS =
      " WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999) SELECT ";

  private static final String LANES =
      "SEARCH q USING COVERING INDEX ready_task_runs_in_order (pool=? AND priority=? AND available_at";

  /** The steps that scan parameters or results of the statement itself. */
  private static final String OWN =
      "SCAN (p|l|o|picked|json_each|CONSTANT ROW|\\(subquery-\\d+\\)).*";

  @TempDir Path folder = Path.of("");
  private SqliteConnector connector = new SqliteConnector(folder, Duration.ZERO, 1);
  private final SqliteDialect dialect =
      new SqliteDialect(new SqliteErrors(Path.of(""), Duration.ZERO));

  @BeforeEach
  void fill() throws SQLException {
    Path file = folder.resolve("waymark.db");
    connector = new SqliteConnector(file, Duration.ofSeconds(10), 1_000_000);
    new SqliteSchema(file).prepare(connector);
    execute(
        "PRAGMA foreign_keys = 0",
        "INSERT INTO task_runs"
            + NUMBERS
            + "randomblob(16), randomblob(16), 't', 'PENDING', 1, 0, i, NULL, NULL FROM n",
        "INSERT INTO ready_task_runs SELECT id, 'default', created_at % 5, created_at FROM task_runs",
        "INSERT INTO leases SELECT id, 1, 'w', created_at, 'default' FROM task_runs",
        "INSERT INTO pools SELECT 'pool-' || created_at, 1 FROM task_runs",
        "INSERT INTO pools VALUES ('default', 1)",
        "INSERT INTO log_chunks SELECT id, 1, 0, execution_id, x'00' FROM task_runs",
        "INSERT INTO due_executions SELECT execution_id, 'SETTLE', created_at FROM task_runs",
        "INSERT INTO task_run_outputs SELECT id, '7' FROM task_runs");
  }

  private void execute(String... statements) throws SQLException {
    try (Connection connection = connector.plain();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  @Test
  @DisplayName("every statement reads only the rows that it needs, by an index")
  void searches() throws SQLException {
    assertPlans();
    execute("ANALYZE");
    assertPlans();
  }

  private void assertPlans() throws SQLException {
    try (Connection connection = connector.reader()) {
      assertLooking(connection);
      assertDetails(connection);
      assertProgress(connection);
      assertLogs(connection);
    }
  }

  private void assertLooking(Connection connection) throws SQLException {
    ClaimRequest claim = new ClaimRequest("w", 10, Duration.ofHours(1), Set.of("default", "empty"));
    for (Request request : new ClaimReads(dialect, claim).looking(20)) {
      ListAssert<String> plan = plan(connection, request.statement(), request.parameters());
      switch (request.statement()) {
        case LOCK_POOLS ->
            plan.contains(
                "SEARCH p USING INDEX sqlite_autoindex_pools_1 (name=?)",
                "SEARCH r EXISTS USING COVERING INDEX ready_task_runs_in_order (pool=?)");
        case POOL_LEASES ->
            plan.contains(
                "SEARCH p USING COVERING INDEX sqlite_autoindex_pools_1 (name=?)",
                "SEARCH l USING COVERING INDEX leases_by_pool (pool=?)");
        case PICK_READY ->
            plan.contains(
                LANES + "<?)",
                "SEARCH r USING PRIMARY KEY (task_run_id=?)",
                "SEARCH t USING PRIMARY KEY (id=?)",
                "SEARCH e USING PRIMARY KEY (id=?)");
        case DUE ->
            plan.contains(
                "SEARCH due_executions USING COVERING INDEX due_executions_by_time (due_at<?)");
        case EXPIRED ->
            plan.contains(
                "SEARCH l USING INDEX leases_by_expiry (expires_at<?)",
                "SEARCH t USING PRIMARY KEY (id=?)");
        case NEXT ->
            plan.contains(
                LANES + ">?)",
                "SEARCH d USING COVERING INDEX due_executions_by_time (due_at>?)",
                "SEARCH leases USING COVERING INDEX leases_by_expiry (expires_at>?)");
        default -> throw new AssertionError("no plan is expected of " + request.statement());
      }
    }
  }

  private void assertDetails(Connection connection) throws SQLException {
    Request.Parameters parameters =
        (statement, first) -> {
          dialect.bindUuids(statement, first, List.of(new UUID(1, 1)));
          return first + 1;
        };
    plan(connection, ReadStatement.LOAD_TASK_RUNS, parameters)
        .contains("SEARCH l USING PRIMARY KEY (task_run_id=?) LEFT-JOIN");
    plan(connection, ReadStatement.TASK_RUNS_BY_ID, parameters)
        .contains("SEARCH t USING PRIMARY KEY (id=?)");
    plan(connection, ReadStatement.ATTEMPTS_BY_ID, parameters)
        .contains("SEARCH a USING PRIMARY KEY (task_run_id=?)");
    plan(connection, ReadStatement.READY_BY_ID, parameters)
        .contains("SEARCH r USING PRIMARY KEY (task_run_id=?)");
    plan(connection, ReadStatement.OUTPUTS_BY_ID, parameters)
        .contains("SEARCH o USING INDEX sqlite_autoindex_task_run_outputs_1 (task_run_id=?)");
  }

  private void assertProgress(Connection connection) throws SQLException {
    Request.Parameters parameters =
        (statement, first) -> {
          dialect.bindUuid(statement, first, new UUID(1, 1));
          return first + 1;
        };
    plan(connection, ReadStatement.READY_OF_EXECUTION, parameters)
        .contains("SEARCH r USING PRIMARY KEY (task_run_id=?)");
    plan(connection, ReadStatement.OUTPUTS_OF_EXECUTION, parameters)
        .contains("SEARCH o USING INDEX sqlite_autoindex_task_run_outputs_1 (task_run_id=?)");
  }

  private void assertLogs(Connection connection) throws SQLException {
    Request.Parameters none = (statement, first) -> first;
    plan(connection, ReadStatement.LOG, none)
        .contains(
            "SEARCH log_chunks USING INDEX sqlite_autoindex_log_chunks_1 (task_run_id=? AND number=? AND position>? AND position<?)");
    plan(connection, ReadStatement.LOG_LENGTH, none)
        .contains(
            "SEARCH log_chunks USING INDEX sqlite_autoindex_log_chunks_1 (task_run_id=? AND number=?)");
    plan(connection, ReadStatement.EXECUTIONS_WITH_LOGS, none)
        .contains(
            "SEARCH l USING COVERING INDEX log_chunks_by_execution (execution_id>?)",
            "SEARCH e USING PRIMARY KEY (id=?)");
  }

  /** The steps of a plan, none of which scans a whole table. */
  private ListAssert<String> plan(
      Connection connection, ReadStatement statement, Request.Parameters parameters)
      throws SQLException {
    List<String> steps = new ArrayList<>();
    try (PreparedStatement explain =
        connection.prepareStatement("EXPLAIN QUERY PLAN " + dialect.sql(statement))) {
      parameters.bind(explain, 1);
      try (ResultSet row = explain.executeQuery()) {
        while (row.next()) {
          steps.add(row.getString("detail"));
        }
      }
    }
    return assertThat(steps)
        .as(statement + "\n" + String.join("\n", steps))
        .noneMatch(step -> step.startsWith("SCAN") && !step.matches(OWN));
  }
}
