package dev.waymark.postgres.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.jdbc.internal.read.Snapshot;
import dev.waymark.jdbc.internal.sql.Session;
import dev.waymark.testkit.sql.QueryShapes;
import dev.waymark.testkit.sql.StatementLog;
import dev.waymark.testkit.sql.StatementLog.Run;
import dev.waymark.testserver.TestServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.assertj.core.api.ListAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * With a store that is large enough for plans to differ. The server uses a custom plan or a generic
 * plan for a prepared statement, so both must be good.
 */
@DisplayName("The plans of lists of executions on PostgreSQL")
class PostgresPlansTest {
  private static final Instant FIRST = Instant.parse("2026-03-01T00:00:00Z");
  private static final Instant SINCE = FIRST.plus(Duration.ofHours(36));
  private static final Instant UNTIL = FIRST.plus(Duration.ofHours(132));

  /** 100,000 executions over twelve days, two labels, and the counts of many other workflows. */
  private static final String FILL =
      """
      SET session_replication_role = replica; SET search_path TO %s;
      INSERT INTO executions
      SELECT md5(i::text)::uuid, 'w' || i %% 5, 1, (ARRAY['PENDING', 'RUNNING', 'SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'FAILED'])[1 + i %% 6],
             1, 'h', timestamptz '%s' + i * interval '10 seconds', NULL, NULL, NULL,
             NULL, CASE WHEN i %% 10 = 0 THEN md5((i %% 500)::text)::uuid END
      FROM generate_series(0, 99999) i;
      INSERT INTO execution_labels SELECT id, 'team', CASE WHEN id::text LIKE '01%%' THEN 'data' ELSE left(id::text, 2) END, created_at FROM executions;
      INSERT INTO execution_labels SELECT id, 'tier', left(id::text, 1), created_at FROM executions;
      INSERT INTO task_runs
      SELECT md5('t' || id)::uuid, id, 't1', CASE WHEN id::text LIKE '0f%%' THEN 'FAILED' ELSE 'SUCCEEDED' END, 3, 1, created_at, NULL, NULL,
             CASE WHEN id::text LIKE '0f%%' THEN true END
      FROM executions;
      INSERT INTO attempts SELECT id, 1, state, 'w', created_at, NULL, NULL, CASE state WHEN 'FAILED' THEN 'exit code 1' END FROM task_runs;
      INSERT INTO execution_details SELECT id, '{}', '{}' FROM executions;
      INSERT INTO execution_counts
      SELECT c.workflow_id, e.state, (e.created_at AT TIME ZONE 'UTC')::date - DATE '1970-01-01', 0, count(*)
      FROM executions e CROSS JOIN LATERAL (VALUES (''), (e.workflow_id)) c (workflow_id) GROUP BY 1, 2, 3;
      INSERT INTO execution_counts SELECT 'other' || w, 'SUCCEEDED', 20000 + d, 0, 1 FROM generate_series(1, 300) w, generate_series(1, 100) d\
      """;

  private static String schema = "";
  private static Collection<Run> runs = List.of();

  @BeforeAll
  static void fill() throws SQLException {
    schema = TestServer.newSchema();
    TestServer.execute(FILL.formatted(schema, FIRST));
    for (String table :
        List.of(
            "executions",
            "execution_labels",
            "execution_details",
            "execution_counts",
            "task_runs",
            "attempts")) {
      TestServer.execute("VACUUM (ANALYZE) " + schema + "." + table);
    }
    runs = read(QueryShapes.between(SINCE, UNTIL));
  }

  @AfterAll
  static void drop() {
    TestServer.drop(schema);
  }

  /** The statements that are prepared by reading every shape of list, by text. */
  private static Collection<Run> read(List<ExecutionQuery> queries) throws SQLException {
    PostgresSettings settings = PostgresConnectionTest.settings(schema, Duration.ofSeconds(60));
    PostgresDialect dialect =
        new PostgresDialect(
            settings, PostgresErrors.ofDataSource(settings), new PostgresServer(14, false, false));
    Map<String, Run> byText = new LinkedHashMap<>();
    StatementLog log = new StatementLog();
    try (Session session = new Session(log.watch(TestServer.connect()))) {
      for (ExecutionQuery query : queries) {
        dialect.beginRead(session);
        new Snapshot(session, dialect).executions(query, 50);
        dialect.rollback(session);
      }
    }
    log.runs().stream()
        .filter(run -> run.text().startsWith("SELECT"))
        .forEach(run -> byText.put(run.text(), run));
    return byText.values();
  }

  @Test
  @DisplayName("custom plans read every range by an index, and sort nothing")
  void custom() throws SQLException {
    assertThat(runs).hasSizeGreaterThan(200);
    try (Connection connection = TestServer.connect()) {
      for (Run run : runs) {
        try (PreparedStatement explain =
            connection.prepareStatement("EXPLAIN (COSTS OFF) " + run.text())) {
          run.bind(explain);
          assertPlan(run.text(), lines(explain.executeQuery()));
        }
      }
    }
  }

  @Test
  @DisplayName("generic plans use the same indexes, and sort nothing")
  void generic() throws SQLException {
    try (Connection connection = TestServer.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET plan_cache_mode = force_generic_plan");
      for (Run run : runs) {
        int parameters = run.parameters().size();
        statement.execute("PREPARE list AS " + numbered(run.text()));
        String nulls = String.join(", ", Collections.nCopies(parameters, "NULL"));
        String explain = "EXPLAIN (COSTS OFF) EXECUTE list(" + nulls + ")";
        assertPlan(run.text(), lines(statement.executeQuery(explain)));
        statement.execute("DEALLOCATE list");
      }
    }
  }

  @Test
  @DisplayName("a list with other conditions reads no table or index from end to end")
  void conditions() throws SQLException {
    Collection<Run> found = read(QueryShapes.withConditions(SINCE, UNTIL));
    assertThat(found).hasSizeGreaterThan(100);
    List<String> all = new ArrayList<>();
    try (Connection connection = TestServer.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off");
      for (Run run : found) {
        if (run.text().startsWith("SELECT count(*)\n")) {
          continue; // By one label, as the planner likes.
        }
        statement.execute("PREPARE list AS " + numbered(run.text()));
        String nulls = String.join(", ", Collections.nCopies(run.parameters().size(), "NULL"));
        String explain =
            "EXPLAIN (COSTS OFF) EXECUTE list" + (nulls.isEmpty() ? "" : "(" + nulls + ")");
        List<String> plan = lines(statement.executeQuery(explain));
        statement.execute("DEALLOCATE list");
        String text = run.text() + "\n" + String.join("\n", plan);
        assertThat(plan).as(text).noneMatch(line -> line.contains("Seq Scan"));
        for (int i = 0; i < plan.size(); i++) {
          if (plan.get(i).matches("(Bitmap )?Index .*Scan.*")) {
            assertThat(plan.get(i + 1)).as(text).startsWith("Index Cond: ");
          }
        }
        all.addAll(plan);
      }
    }
    for (String index :
        List.of(
            "attempts_by_error",
            "task_runs_failed",
            "executions_by_end",
            "executions_by_parent",
            "execution_labels_by_value",
            "task_runs_execution_id_task_id_key",
            "attempts_pkey",
            "executions_by_state")) {
      assertThat(all).as(index).anyMatch(line -> line.contains(" " + index));
    }
  }

  private static String numbered(String text) {
    StringBuilder numbered = new StringBuilder();
    int parameter = 0;
    for (char c : text.toCharArray()) {
      numbered.append(c == '?' ? "$" + ++parameter : String.valueOf(c));
    }
    return numbered.toString();
  }

  private static List<String> lines(ResultSet rows) throws SQLException {
    List<String> lines = new ArrayList<>();
    try (rows) {
      while (rows.next()) {
        lines.add(rows.getString(1).strip().replaceFirst("^->\\s+", ""));
      }
    }
    return lines;
  }

  private static void assertPlan(String text, List<String> plan) {
    String all = text + "\n" + String.join("\n", plan);
    assertThat(plan).as(all).noneMatch(line -> line.contains("Seq Scan"));
    assertBranches(text, plan, all);
    assertLabels(text, plan, all);
    if (text.contains("execution_counts")) {
      assertScan(plan, "execution_counts c", "execution_counts_pkey", 1, all)
          .allMatch(condition -> condition.contains("workflow_id = "));
    }
    if (text.startsWith("SELECT e.id")) {
      assertScan(plan, "executions e", "executions_pkey", 1, all)
          .allMatch(condition -> condition.matches("Index Cond: \\(id = ANY .*"));
      assertScan(plan, "execution_details d", "execution_details_pkey", 1, all);
      assertThat(plan).as(all).filteredOn(line -> line.matches(".*Sort")).hasSize(1);
    }
  }

  /** One range for each state, within the index alone, which ends with the page. */
  private static void assertBranches(String text, List<String> plan, String all) {
    int branches = count(text, "x\\.state = \\?");
    if (branches > 0) {
      boolean ofWorkflow = text.contains("x.workflow_id = ?");
      String range = (ofWorkflow ? ".*workflow_id = .*" : ".*") + "state = " + bounds(text, "x");
      String index = ofWorkflow ? "executions_by_workflow" : "executions_by_state";
      assertScan(plan, "executions x", index, branches, all)
          .allMatch(Pattern.compile(range).asMatchPredicate());
      for (int i = 1; i < plan.size() && text.startsWith("SELECT e.id"); i++) {
        if (plan.get(i).contains(" on executions x")) {
          assertThat(plan.get(i)).as(all).startsWith("Index Only Scan");
          assertThat(plan.get(i - 1)).as(all).isEqualTo("Limit");
          assertThat(plan.get(i + 1)).as(all).doesNotStartWith("Filter");
        }
      }
    }
  }

  /** One range for the first label. Other conditions of a page are checked by key. */
  private static void assertLabels(String text, List<String> plan, String all) {
    if (text.contains("l.name = ?")) {
      assertScan(plan, "execution_labels l", "execution_labels_by_value", 1, all)
          .allMatch(Pattern.compile(".*name = .*value = " + bounds(text, "l")).asMatchPredicate());
      if (text.startsWith("SELECT e.id")) {
        int others = count(text, "o\\.name = \\?");
        assertScan(plan, "execution_labels o", "execution_labels_pkey", others, all)
            .allMatch(condition -> condition.matches(".*execution_id = l.*name = .*"));
        int owners = count(text, "x\\.id = l");
        assertScan(plan, "executions x", "executions_pkey", owners, all)
            .allMatch(condition -> condition.matches("Index Cond: \\(id = l.*"));
      }
    }
  }

  /** The conditions on the time that must be part of the condition of the index. */
  private static String bounds(String text, String table) {
    String bounds = text.contains(table + ".created_at >= ?") ? ".*created_at >= " : "";
    bounds += text.contains(table + ".created_at < ?") ? ".*created_at < " : "";
    bounds += text.contains(") > (?, ?)") ? ".*ROW.* > ROW" : "";
    return bounds + (text.contains(") < (?, ?)") ? ".*ROW.* < ROW" : "") + ".*";
  }

  /** The conditions of the only index scans of this table, this number of times. */
  private static ListAssert<String> assertScan(
      List<String> plan, String table, String index, int times, String all) {
    List<String> conditions = new ArrayList<>();
    for (int i = 0; i < plan.size(); i++) {
      if (plan.get(i).matches(".* on " + table + "(_\\d+)?")) {
        int scan = i;
        while (plan.get(scan).matches("(Bitmap Heap Scan|Recheck Cond:|Filter:).*")) {
          scan++;
        }
        assertThat(plan.get(scan))
            .as(all)
            .containsPattern("Index (Only )?Scan (Backward )?(using|on) " + index + "\\b");
        conditions.add(plan.get(scan + 1));
      }
    }
    return assertThat(conditions).as(all).hasSize(times);
  }

  private static int count(String text, String pattern) {
    return (int) Pattern.compile(pattern).matcher(text).results().count();
  }
}
