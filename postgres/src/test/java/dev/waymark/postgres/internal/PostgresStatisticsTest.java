package dev.waymark.postgres.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.jdbc.internal.read.Snapshot;
import dev.waymark.jdbc.internal.sql.ReadStatement;
import dev.waymark.jdbc.internal.sql.Session;
import dev.waymark.jdbc.internal.sql.WriteStatement;
import dev.waymark.testkit.sql.QueryShapes;
import dev.waymark.testkit.sql.StatementLog;
import dev.waymark.testserver.TestServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * A session keeps its generic plans until the next ANALYZE of their tables, so a plan that was made
 * at an unlucky moment is used while the store grows. The test makes the plans of that moment: it
 * writes into the catalog what ANALYZE would have left there.
 *
 * <p>No plan may read a whole table or a whole index, whatever the statistics are: each scan has a
 * condition on the first column of its index. Of two indexes that contain the key, none is better
 * if the table has at most one row. So in this case the condition may be on another column.
 */
@DisplayName("The plans on PostgreSQL, whatever ANALYZE has found")
class PostgresStatisticsTest {
  private static final Instant SINCE = Instant.parse("2026-03-02T12:00:00Z");
  private static final Instant UNTIL = SINCE.plus(Duration.ofDays(4));

  private static final String FILL =
      """
      SET session_replication_role = replica; SET search_path TO %s;
      INSERT INTO workflows SELECT 'w' || i, 1, 'h' FROM generate_series(0, 99) i;
      INSERT INTO workflow_revisions SELECT id, 1, 'h', NULL, '{}', now(), '' FROM workflows;
      INSERT INTO executions
      SELECT md5(i::text)::uuid, 'w' || i %% 5, 1, CASE WHEN i %% 100 = 0 THEN 'RUNNING' ELSE 'SUCCEEDED' END, 3, 'h',
             now() - i * interval '1 minute', now(), now(), NULL
      FROM generate_series(0, 4999) i;
      INSERT INTO execution_labels SELECT id, 'team', left(id::text, 2), created_at FROM executions;
      INSERT INTO execution_labels SELECT id, 'tier', left(id::text, 1), created_at FROM executions;
      INSERT INTO execution_details SELECT id, '{}', '{}' FROM executions;
      INSERT INTO execution_counts SELECT 'w' || w, 'SUCCEEDED', 20000 + d, 0, 1 FROM generate_series(1, 20) w, generate_series(1, 100) d;
      INSERT INTO task_runs
      SELECT md5('t' || i)::uuid, md5((i / 2)::text)::uuid, 't' || i, CASE WHEN i / 2 %% 100 = 0 THEN 'RUNNING' ELSE 'SUCCEEDED' END, 3, 1, now(), now(), now()
      FROM generate_series(0, 9999) i;
      INSERT INTO attempts SELECT id, 1, state, 'w', now(), now(), NULL, CASE WHEN id::text LIKE '0%%' THEN 'exit code ' || left(id::text, 2) END FROM task_runs;
      INSERT INTO history SELECT e.id, now(), 1, '[]', i, 2, 2 FROM executions e, generate_series(0, 3) i;
      INSERT INTO commits SELECT md5('c' || i)::uuid, now(), i, '1' FROM generate_series(0, 19999) i;
      INSERT INTO ready_task_runs SELECT id, 'default', 0, now() FROM task_runs WHERE state = 'RUNNING';
      INSERT INTO leases SELECT id, 1, 'worker', now(), 'default' FROM task_runs WHERE state = 'RUNNING';
      INSERT INTO due_executions SELECT id, 'SETTLE', now() FROM executions WHERE state = 'RUNNING';
      INSERT INTO pools SELECT 'pool' || i, 5 FROM generate_series(0, 99) i;
      INSERT INTO workers SELECT 'worker' || i, md5(i::text)::uuid, now(), now(), now(), '{}' FROM generate_series(0, 99) i;
      INSERT INTO ready_lanes SELECT 'pool' || i, 0 FROM generate_series(0, 99) i;
      INSERT INTO task_run_outputs SELECT id, '7' FROM task_runs;
      INSERT INTO log_chunks SELECT id, 1, 0, execution_id, '' FROM task_runs\
      """;

  /** What ANALYZE has found in one table. */
  private enum Found {
    NEVER_ANALYZED("reltuples = -1, relpages = 0", ""),
    /** A queue was empty at that moment, but its pages stay. */
    NO_ROW("reltuples = 0, relpages = 1000", ""),
    /** As {@link #NO_ROW}, with the statistics of columns of an earlier moment. */
    NO_ROW_NOW("reltuples = 0, relpages = 1000", ""),
    ONE_ROW("reltuples = 1, relpages = 1", ""),
    /** As {@link #NO_ROW}, of a table whose rows are deleted. */
    ONE_ROW_LEFT("reltuples = 1, relpages = 1000", ""),
    MANY("reltuples = 1e8, relpages = 1000", ""),
    EQUAL_VALUES("", "stadistinct = 1, stanullfrac = 0"),
    UNIQUE_VALUES("", "stadistinct = -1, stanullfrac = 0"),
    NULLS("", "stadistinct = 0, stanullfrac = 1");

    private final String sizes;
    private final String values;

    Found(String sizes, String values) {
      this.sizes = sizes;
      this.values = values;
    }

    /** The statements that write this into the catalog. */
    List<String> statements(String table) {
      String sized = "UPDATE pg_class SET " + sizes + " WHERE oid = '" + table + "'::regclass";
      if (this == NO_ROW_NOW) {
        return List.of(sized);
      }
      return sizes.isEmpty()
          ? List.of(
              "UPDATE pg_statistic SET stakind1 = 0, stakind2 = 0, stakind3 = 0, stakind4 = 0, "
                  + values
                  + " WHERE starelid = '"
                  + table
                  + "'::regclass")
          : List.of(sized, "DELETE FROM pg_statistic WHERE starelid = '" + table + "'::regclass");
    }
  }

  /** Tables whose rows are deleted. */
  private static final Set<String> QUEUES =
      Set.of("ready_task_runs", "leases", "due_executions", "log_chunks", "workers", "pools");

  /** The answer is a whole table, or the first rows of it in the order of an index. */
  private static final Set<ReadStatement> WHOLE =
      EnumSet.of(
          ReadStatement.LEASES,
          ReadStatement.WORKFLOWS,
          ReadStatement.COUNT_WORKFLOWS,
          ReadStatement.WORKERS,
          ReadStatement.LIVING_WORKERS,
          ReadStatement.POOLS,
          ReadStatement.CLAIMABLE_BY_POOL,
          ReadStatement.EXECUTIONS_WITH_LOGS);

  /** Their plans still depend on the statistics. */
  private static final Set<ReadStatement> NOT_PINNED =
      EnumSet.of(ReadStatement.LOCK_POOLS, ReadStatement.NEXT, ReadStatement.STALLED);

  private static final Pattern SCAN =
      Pattern.compile("(?:Index (?:Only )?Scan(?: Backward)? using|Bitmap Index Scan on) (\\w+).*");

  /** A statement with the settings of the transaction that runs it. */
  private record Planned(String text, boolean writes) {
    boolean isList() {
      return text.contains("LIMIT ? OFFSET ?");
    }

    boolean reads(String table) {
      return text.contains("." + table + " ") || text.contains("." + table + "\n");
    }
  }

  private final String schema = TestServer.newSchema();
  private final PostgresSettings settings =
      PostgresConnectionTest.settings(schema, Duration.ofSeconds(60));
  private final PostgresTransactions transactions = new PostgresTransactions(settings, 14);
  private final Map<String, String> firstColumns = new LinkedHashMap<>();
  private final List<String> tables = new ArrayList<>();

  @BeforeEach
  void look() throws SQLException {
    try (Connection connection = TestServer.connect();
        Statement statement = connection.createStatement()) {
      try (ResultSet row =
          statement.executeQuery(
              """
              SELECT c.relname, i.indexrelid::regclass::text, coalesce(a.attname, 'left')
              FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
              LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
              WHERE c.relnamespace = '%s'::regnamespace AND c.relname <> 'waymark_version' ORDER BY 1\
              """
                  .formatted(schema))) {
        while (row.next()) {
          firstColumns.put(row.getString(2).replaceFirst("^.*\\.", ""), row.getString(3));
          if (!tables.contains(row.getString(1))) {
            tables.add(row.getString(1));
          }
        }
      }
      for (String table : tables) {
        statement.execute("ALTER TABLE " + name(table) + " SET (autovacuum_enabled = off)");
      }
    }
  }

  @AfterEach
  void drop() {
    TestServer.drop(schema);
  }

  @Test
  @DisplayName("read no whole table and no whole index")
  void noWholeTable() throws SQLException {
    Collection<Planned> statements = statements();
    assertThat(statements.size()).isGreaterThan(250);
    assertThat(tables).hasSize(21);
    TestServer.execute(FILL.formatted(schema));
    assertPlans("never analyzed", statements);
    analyze("ANALYZE ", tables);
    assertPlans("analyzed", statements);
    List<Planned> sample = sample(statements);
    for (Found found : Found.values()) {
      for (String table : tables) {
        write(found, List.of(table));
        assertPlans(table + ": " + found, sample.stream().filter(s -> s.reads(table)).toList());
        analyze("ANALYZE ", List.of(table));
      }
      write(found, tables);
      assertPlans("all tables: " + found, statements);
      analyze("ANALYZE ", tables);
    }
  }

  @Test
  @DisplayName("read no whole table later, when they were made while the store was empty")
  void empty() throws SQLException {
    Collection<Planned> statements = statements();
    assertPlans("empty, never analyzed", statements);
    analyze("VACUUM (ANALYZE) ", tables);
    assertPlans("empty, analyzed: " + Found.NO_ROW, statements);
  }

  /** All but most of the lists, which differ little from each other. */
  private static List<Planned> sample(Collection<Planned> statements) {
    List<Planned> sample = new ArrayList<>();
    int lists = 0;
    for (Planned statement : statements) {
      if (!statement.isList() || lists++ % 5 == 0) {
        sample.add(statement);
      }
    }
    return sample;
  }

  private String name(String table) {
    return schema + "." + table;
  }

  private void analyze(String command, Collection<String> names) throws SQLException {
    try (Connection connection = TestServer.connect();
        Statement statement = connection.createStatement()) {
      for (String table : names) {
        statement.execute(command + name(table));
      }
    }
  }

  private void write(Found found, Collection<String> names) throws SQLException {
    try (Connection connection = TestServer.connect();
        Statement statement = connection.createStatement()) {
      for (String table : names) {
        if (found == Found.ONE_ROW_LEFT && !QUEUES.contains(table)) {
          continue;
        }
        for (String update : found.statements(name(table))) {
          statement.execute(update);
        }
      }
    }
  }

  /** All statements. A read that a claim runs too is planned with both settings. */
  private Collection<Planned> statements() throws SQLException {
    PostgresDialect dialect =
        new PostgresDialect(
            settings, PostgresErrors.ofDataSource(settings), new PostgresServer(14, false, false));
    Set<Planned> statements = Collections.newSetFromMap(new LinkedHashMap<>());
    for (WriteStatement statement : WriteStatement.values()) {
      if (statement != WriteStatement.CLEAR_WORKERS) {
        statements.add(new Planned(dialect.sql(statement), true));
      }
    }
    for (ReadStatement statement : ReadStatement.values()) {
      if (!WHOLE.contains(statement) && !NOT_PINNED.contains(statement)) {
        statements.add(new Planned(dialect.sql(statement), true));
        if (statement.compareTo(ReadStatement.NEXT) > 0) {
          statements.add(new Planned(dialect.sql(statement), false));
        }
      }
    }
    PostgresSql sql = new PostgresSql(schema);
    List.of(
            BoundsRefresh.FIRST_READY,
            BoundsRefresh.FIRST_TIMES,
            RecordedLanes.RECORD,
            ClaimAtOnce.TEXT)
        .forEach(template -> statements.add(new Planned(sql.in(template), true)));
    addLists(statements, dialect);
    return statements;
  }

  /** The pages of lists, and the totals that are not proportional to what they count. */
  private static void addLists(Set<Planned> statements, PostgresDialect dialect)
      throws SQLException {
    StatementLog log = new StatementLog();
    try (Session session = new Session(log.watch(TestServer.connect()))) {
      List<ExecutionQuery> queries = new ArrayList<>(QueryShapes.between(SINCE, UNTIL));
      queries.addAll(QueryShapes.withConditions(SINCE, UNTIL));
      for (ExecutionQuery query : queries) {
        dialect.beginRead(session);
        new Snapshot(session, dialect).executions(query, 50);
        dialect.rollback(session);
      }
    }
    log.runs().stream()
        .map(StatementLog.Run::text)
        .filter(text -> text.startsWith("SELECT") && !text.startsWith("SELECT count(*)\n"))
        .forEach(text -> statements.add(new Planned(text, false)));
  }

  /** The generic plans, in a transaction of the store for each of the two kinds. */
  private void assertPlans(String statistics, Collection<Planned> statements) throws SQLException {
    for (boolean writes : new boolean[] {true, false}) {
      try (Connection connection = TestServer.connect();
          Statement statement = connection.createStatement()) {
        statement.execute(writes ? transactions.write(false) : transactions.read(false));
        for (Planned planned : statements) {
          if (planned.writes() == writes) {
            assertPlan(statistics, planned.text(), plan(statement, planned.text()));
          }
        }
        statement.execute("ROLLBACK");
      }
    }
  }

  private static List<String> plan(Statement statement, String text) throws SQLException {
    StringBuilder numbered = new StringBuilder();
    int parameters = 0;
    for (char c : text.toCharArray()) {
      numbered.append(c == '?' ? "$" + ++parameters : String.valueOf(c));
    }
    String nulls = String.join(", ", Collections.nCopies(parameters, "NULL"));
    statement.execute("PREPARE planned AS " + numbered);
    List<String> lines = new ArrayList<>();
    try (ResultSet row =
        statement.executeQuery(
            "EXPLAIN (COSTS OFF) EXECUTE planned" + (parameters > 0 ? "(" + nulls + ")" : ""))) {
      while (row.next()) {
        lines.add(row.getString(1).strip().replaceFirst("^->\\s+", ""));
      }
    }
    statement.execute("DEALLOCATE planned");
    return lines;
  }

  private void assertPlan(String statistics, String text, List<String> plan) {
    String all = statistics + "\n" + text + "\n" + String.join("\n", plan);
    assertThat(plan).as(all).noneMatch(line -> line.startsWith("Seq Scan"));
    for (int i = 0; i < plan.size(); i++) {
      Matcher scan = SCAN.matcher(plan.get(i));
      if (scan.matches()) {
        String index = scan.group(1);
        assertThat(firstColumns).as(all).containsKey(index);
        // A key cannot be kept for some statements, as the condition of another index can.
        boolean mayReadKeys =
            statistics.contains("_ROW")
                && index.equals("execution_labels_pkey")
                && text.startsWith("SELECT");
        assertThat(i + 1 < plan.size() ? plan.get(i + 1) : "")
            .as(all)
            .containsPattern(
                "^Index Cond: .*\\b" + (mayReadKeys ? "name" : firstColumns.get(index)));
      }
    }
  }
}
