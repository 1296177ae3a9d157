package dev.waymark.bench.claims;

import dev.waymark.bench.storage.StoreLocation;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Inserts task runs into a store by SQL, the same number for each execution: some that have ended,
 * with one attempt each, and some that are ready. Commits for the same number would take hours.
 */
public final class Backlog {
  /** The workflow of all its executions. */
  public static final WorkflowId WORKFLOW = new WorkflowId("claimed");

  private static final String POOL = "pool-";

  /** The usual number of task runs of an execution. */
  static final int TASKS = 10;

  private final StoreLocation location;
  private final int tasks;
  private long next;

  Backlog(StoreLocation location) {
    this(location, TASKS);
  }

  /** Uses this number of task runs for each execution. */
  public Backlog(StoreLocation location, int tasks) {
    this.location = location;
    this.tasks = tasks;
  }

  /** Replaces the store with an empty one. */
  public void begin() throws SQLException {
    location.clear();
    try (StateStore store = location.open()) {
      store.saveWorkflow(new NewWorkflow(WORKFLOW, "tasks: {}"));
    }
  }

  /** Adds task runs that have ended. The number must be a multiple of those of an execution. */
  public void addFinished(long taskRuns) throws SQLException {
    List<String> statements = inserts(taskRuns, "SUCCEEDED", 3, 1);
    statements.add(
        "INSERT INTO attempts (task_run_id, number, state, worker, started_at) SELECT "
            + id('a', "n")
            + ", 1, 'SUCCEEDED', 'w', %s FROM (%s) s".formatted(now(), series(next, taskRuns)));
    run(taskRuns, statements);
  }

  /** Adds task runs that are ready. The number must be a multiple of those of an execution. */
  public void addReady(long taskRuns) throws SQLException {
    addReady(taskRuns, "'" + ClaimRequest.DEFAULT_POOL + "'");
  }

  /** The same, with the task runs spread over this number of pools. */
  public void addReady(long taskRuns, int pools) throws SQLException {
    addReady(taskRuns, "'" + POOL + "' || (n % " + pools + ")");
  }

  /** The name of a pool, numbered from 0. */
  public static String pool(int number) {
    return POOL + number;
  }

  private void addReady(long taskRuns, String pool) throws SQLException {
    List<String> statements = inserts(taskRuns, "PENDING", 1, 0);
    statements.add(historyOfCreations(taskRuns));
    statements.add(
        "INSERT INTO ready_task_runs (task_run_id, pool, priority, available_at) SELECT "
            + id('a', "n")
            + ", %s, 0, %s FROM (%s) s".formatted(pool, now(), series(next, taskRuns)));
    run(taskRuns, statements);
  }

  /** The row of history that a commit writes which creates an execution and its task runs. */
  private String historyOfCreations(long taskRuns) {
    String series = series(next / tasks, taskRuns / tasks);
    String row =
        "%s, %s, %s, '[[\"EXECUTION\",\"' || %s || '\",null,\"PENDING\"]]'"
            .formatted(id('e', "n"), now(), 1 + tasks, isPostgres() ? id('e', "n") : "n");
    return isPostgres()
        ? "INSERT INTO history (execution_id, committed_at, transition_count, transitions, position,"
            + " unfinished, ended) SELECT %s, 0, %s, 0 FROM (%s) s".formatted(row, tasks, series)
        : "INSERT INTO history (execution_id, committed_at, transition_count, transitions)"
            + " SELECT %s FROM (%s) s".formatted(row, series);
  }

  /** The statements that insert executions and task runs. */
  private List<String> inserts(long taskRuns, String state, int version, int attempts) {
    long first = next;
    List<String> statements = new ArrayList<>();
    statements.add(
        "INSERT INTO executions (id, workflow_id, workflow_revision, state, version, request_hash,"
            + " created_at) SELECT "
            + id('e', "n")
            + ", 'claimed', 1, '%s', %s, 'x', %s FROM (%s) s"
                .formatted(state, version, now(), series(first / tasks, taskRuns / tasks)));
    statements.add(
        "INSERT INTO task_runs (id, execution_id, task_id, state, version, last_attempt,"
            + " created_at) SELECT "
            + id('a', "n")
            + ", "
            + id('e', "n / " + tasks)
            // SQLite would concatenate the text before the division.
            + ", 't' || (n % "
            + tasks
            + "), '%s', %s, %s, %s FROM (%s) s"
                .formatted(state, version, attempts, now(), series(first, taskRuns)));
    return statements;
  }

  private boolean isPostgres() {
    return location.backend() == dev.waymark.bench.storage.Backend.POSTGRES;
  }

  /** An id that consists of a letter and a number. */
  private String id(char kind, String number) {
    return isPostgres()
        ? "('0000000" + kind + "-0000-7000-8000-' || lpad(to_hex(" + number + "), 12, '0'))::uuid"
        : "unhex(printf('0000000" + kind + "000070008000%012x', " + number + "))";
  }

  private String now() {
    return isPostgres() ? "now()" : "CAST(unixepoch('subsec') * 1000000 AS INTEGER)";
  }

  private String series(long first, long count) {
    return isPostgres()
        ? "SELECT n FROM generate_series(%s::bigint, %s) n".formatted(first, first + count - 1)
        : "SELECT value AS n FROM generate_series(%s, %s)".formatted(first, first + count - 1);
  }

  private void run(long taskRuns, List<String> statements) throws SQLException {
    next += taskRuns;
    try (Connection connection = location.connect();
        Statement statement = connection.createStatement()) {
      if (isPostgres()) {
        statement.execute("SET session_replication_role = replica");
        for (String sql : statements) {
          statement.execute(sql);
        }
      } else {
        runOnSqlite(statement, statements);
      }
    }
    location.analyze();
  }

  /** SQLite cannot disable triggers, so they are dropped and created again. */
  private static void runOnSqlite(Statement statement, List<String> statements)
      throws SQLException {
    List<String> names = new ArrayList<>();
    List<String> triggers = new ArrayList<>();
    statement.execute("BEGIN IMMEDIATE");
    try (ResultSet row =
        statement.executeQuery(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND (name LIKE '%_begin' OR"
                + " name LIKE '%_move')")) {
      while (row.next()) {
        names.add(row.getString(1));
        triggers.add(row.getString(2));
      }
    }
    for (String name : names) {
      statement.execute("DROP TRIGGER " + name);
    }
    for (String sql : statements) {
      statement.execute(withSeries(sql));
    }
    for (String trigger : triggers) {
      statement.execute(trigger);
    }
    statement.execute("COMMIT");
  }

  /** The table function is an extension that the driver does not contain. */
  private static String withSeries(String sql) {
    return sql.replaceAll(
        "SELECT value AS n FROM generate_series\\((\\d+), (\\d+)\\)",
        "WITH RECURSIVE c (n) AS (SELECT $1 UNION ALL SELECT n + 1 FROM c WHERE n < $2) SELECT n"
            + " FROM c");
  }
}
