package dev.waymark.sqlite.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.jdbc.internal.read.Snapshot;
import dev.waymark.jdbc.internal.sql.Session;
import dev.waymark.testkit.sql.QueryShapes;
import dev.waymark.testkit.sql.StatementLog;
import dev.waymark.testkit.sql.StatementLog.Run;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The plans of lists of executions on SQLite")
class SqlitePlansTest {
  private static final Instant FIRST = Instant.parse("2026-03-01T00:00:00Z");
  private static final Instant SINCE = FIRST.plus(Duration.ofHours(36));
  private static final Instant UNTIL = FIRST.plus(Duration.ofHours(132));

  /** 4,000 executions over eight days. */
  private static final String FILL =
      """
      INSERT INTO executions (id, workflow_id, workflow_revision, state, version, request_hash, created_at)
      WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 3999)
      SELECT randomblob(16), 'w' || (i %% 5), 1, CASE i %% 3 WHEN 0 THEN 'PENDING' WHEN 1 THEN 'SUCCEEDED' ELSE 'FAILED' END,
             1, 'h', %d + i * 172800000
      FROM n"""
          .formatted(FIRST.toEpochMilli() * 1_000);

  private static final String LABELS =
      """
      INSERT INTO execution_labels (execution_id, name, value, created_at)
      SELECT id, l.name, l.value, created_at FROM executions
      JOIN (SELECT 'team' AS name, 'data' AS value UNION ALL SELECT 'tier', '1') l""";

  private static final String TASK_RUNS =
      """
      INSERT INTO task_runs (id, execution_id, task_id, state, version, last_attempt, created_at)
      SELECT randomblob(16), id, 't1', CASE WHEN random() %% 20 = 0 THEN 'FAILED' ELSE 'SUCCEEDED' END, 1, 1, created_at FROM executions"""
          .formatted();

  private static final String ATTEMPTS =
      """
      INSERT INTO attempts (task_run_id, number, state, worker, started_at, error)
      SELECT id, 1, state, 'w', created_at, CASE WHEN state = 'FAILED' THEN 'exit code 1' END FROM task_runs""";

  @TempDir Path folder = Path.of("");
  private SqliteConnector connector = new SqliteConnector(folder, Duration.ZERO, 1);

  @BeforeEach
  void fill() throws SQLException {
    Path file = folder.resolve("waymark.db");
    connector = new SqliteConnector(file, Duration.ofSeconds(10), 1_000_000);
    new SqliteSchema(file).prepare(connector);
    execute(
        "PRAGMA foreign_keys = 0",
        "DROP TRIGGER executions_begin",
        "DROP TRIGGER task_runs_begin",
        "DROP TRIGGER attempts_begin",
        FILL,
        LABELS);
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
  @DisplayName("every range is read by an index from its begin to its end, and nothing is sorted")
  void ranges() throws SQLException {
    assertPlans();
  }

  @Test
  @DisplayName("are the same with statistics")
  void rangesWithStatistics() throws SQLException {
    execute("ANALYZE");
    assertPlans();
  }

  private void assertPlans() throws SQLException {
    try (Connection connection = connector.reader()) {
      Collection<Run> runs = runs(connection, QueryShapes.between(SINCE, UNTIL));
      assertThat(runs).hasSizeGreaterThan(200);
      for (Run run : runs) {
        List<String> plan = plan(connection, run);
        assertThat(plan)
            .as(run.text())
            .filteredOn(step -> step.startsWith("SCAN"))
            .isSubsetOf("SCAN u", "SCAN r", "SCAN CONSTANT ROW");
        assertBranches(run.text(), plan);
        assertLabels(run.text(), plan);
        assertCounts(run.text(), plan);
        assertSorts(run.text(), plan);
      }
    }
  }

  @Test
  @DisplayName("a list with other conditions reads no table or index from end to end")
  void conditions() throws SQLException {
    execute(TASK_RUNS, ATTEMPTS, "UPDATE executions SET ended_at = created_at, parent_id = x'90'");
    assertConditions();
    execute("ANALYZE");
    assertConditions();
  }

  private void assertConditions() throws SQLException {
    List<String> indexes = new ArrayList<>();
    try (Connection connection = connector.reader()) {
      Collection<Run> runs = runs(connection, QueryShapes.withConditions(SINCE, UNTIL));
      assertThat(runs).hasSizeGreaterThan(100);
      for (Run run : runs) {
        List<String> plan = plan(connection, run);
        assertThat(plan)
            .as(run.text())
            .filteredOn(step -> step.startsWith("SCAN"))
            .isSubsetOf(
                "SCAN u",
                "SCAN r",
                "SCAN n",
                "SCAN json_each VIRTUAL TABLE INDEX 1:",
                "SCAN CONSTANT ROW");
        indexes.addAll(plan);
      }
    }
    assertThat(String.join("\n", indexes))
        .contains("SEARCH a USING INDEX attempts_by_error (<expr>>? AND <expr><?)")
        .contains("SEARCH t USING COVERING INDEX task_runs_failed (state=?)")
        .contains("SEARCH x USING INDEX executions_by_end (ended_at>? AND ended_at<?)")
        .contains("INDEX executions_by_parent (parent_id=? AND created_at>? AND created_at<?)")
        .contains("INDEX executions_by_parent (parent_id=? AND (created_at,id)>(?,?))")
        .contains(
            "SEARCH l USING COVERING INDEX execution_labels_by_value (name=? AND value>? AND value<?)")
        .contains("SEARCH t USING INDEX sqlite_autoindex_task_runs_2 (execution_id=?)");
  }

  /** The statements that are prepared by reading every shape of list, by text. */
  private static Collection<Run> runs(Connection connection, List<ExecutionQuery> queries)
      throws SQLException {
    StatementLog log = new StatementLog();
    Session session = new Session(log.watch(connection));
    SqliteDialect dialect = new SqliteDialect(new SqliteErrors(Path.of(""), Duration.ZERO));
    for (ExecutionQuery query : queries) {
      dialect.beginRead(session);
      new Snapshot(session, dialect).executions(query, 50);
      dialect.rollback(session);
    }
    Map<String, Run> byText = new LinkedHashMap<>();
    log.runs().stream()
        .filter(run -> run.text().startsWith("SELECT"))
        .forEach(run -> byText.put(run.text(), run));
    return byText.values();
  }

  private static List<String> plan(Connection connection, Run run) throws SQLException {
    try (PreparedStatement explain =
        connection.prepareStatement("EXPLAIN QUERY PLAN " + run.text())) {
      run.bind(explain);
      List<String> steps = new ArrayList<>();
      try (ResultSet row = explain.executeQuery()) {
        while (row.next()) {
          steps.add(row.getString("detail"));
        }
      }
      return steps;
    }
  }

  /** One range for each state, within the index alone. */
  private static void assertBranches(String text, List<String> plan) {
    int branches = count(text, "x\\.state = \\?");
    if (branches > 0) {
      boolean ofWorkflow = text.contains("x.workflow_id = ?");
      String expected =
          "SEARCH x USING COVERING INDEX executions_by_%s%sstate=?%s)"
              .formatted(
                  ofWorkflow ? "workflow" : "state",
                  ofWorkflow ? " (workflow_id=? AND " : " (",
                  bounds(text, "x", "created_at,id"));
      assertThat(plan).as(text).filteredOn(expected::equals).hasSize(branches);
      assertThat(count(String.join("\n", plan), "SEARCH x ")).isEqualTo(branches);
    }
  }

  /** The columns by which an index is searched for the conditions of one range. */
  private static String bounds(String text, String table, String place) {
    String bounds = text.contains(table + ".created_at >= ?") ? " AND created_at>?" : "";
    bounds += text.contains(") > (?, ?)") ? " AND (" + place + ")>(?,?)" : "";
    bounds += text.contains(table + ".created_at < ?") ? " AND created_at<?" : "";
    return bounds + (text.contains(") < (?, ?)") ? " AND (" + place + ")<(?,?)" : "");
  }

  /** One range for the first label; other conditions are checked by key. */
  private static void assertLabels(String text, List<String> plan) {
    if (text.contains("l.name = ?")) {
      assertThat(plan)
          .as(text)
          .contains(
              "SEARCH l USING COVERING INDEX execution_labels_by_value (name=? AND value=?%s)"
                  .formatted(bounds(text, "l", "created_at,execution_id")));
      assertThat(plan)
          .as(text)
          .filteredOn(step -> step.matches("SEARCH [ox] .*"))
          .hasSize(count(text, "AND (EXISTS )?\\(SELECT"))
          .allMatch(
              step ->
                  step.matches(".* USING PRIMARY KEY \\((execution_id=\\? AND name|id)=\\?\\)"));
    }
  }

  private static void assertCounts(String text, List<String> plan) {
    if (text.contains("execution_counts")) {
      String since = text.contains("c.day >= ?") ? " AND day>?" : "";
      String until = text.contains("c.day <= ?") ? " AND day<?" : "";
      assertThat(plan)
          .as(text)
          .contains(
              "SEARCH c USING PRIMARY KEY (workflow_id=? AND state=?%s%s)".formatted(since, until));
    }
  }

  /** Only the page is sorted, and before it the rows that the branches return for the page. */
  private static void assertSorts(String text, List<String> plan) {
    boolean page = text.startsWith("SELECT e.id");
    int merges = count(text, "x\\.state = \\?") > 1 ? 1 : 0;
    assertThat(plan)
        .as(text)
        .filteredOn("USE TEMP B-TREE FOR ORDER BY"::equals)
        .hasSize(page ? 1 + merges : 0);
    if (page) {
      assertThat(plan).as(text).contains("SEARCH e USING PRIMARY KEY (id=?)");
      assertThat(plan).as(text).anyMatch(step -> step.startsWith("SEARCH d USING INDEX"));
    }
  }

  private static int count(String text, String pattern) {
    return (int) Pattern.compile(pattern).matcher(text).results().count();
  }
}
