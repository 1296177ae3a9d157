package dev.waymark.sqlite.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.jdbc.internal.read.Snapshot;
import dev.waymark.jdbc.internal.sql.ReadStatement;
import dev.waymark.jdbc.internal.sql.Session;
import dev.waymark.jdbc.internal.sql.WriteStatement;
import dev.waymark.testkit.sql.QueryShapes;
import dev.waymark.testkit.sql.StatementLog;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SQLite chooses plans by the statistics of the last ANALYZE, and loads them from the table {@code
 * sqlite_stat1}. So a test can write what any store at any moment would have left there.
 */
@DisplayName("The plans on SQLite, whatever ANALYZE has found")
class SqliteStatisticsTest {
  private static final Instant SINCE = Instant.parse("2026-03-02T12:00:00Z");
  private static final Instant UNTIL = SINCE.plus(Duration.ofDays(4));
  private static final long MANY = 1_000_000;

  /** What ANALYZE has found in one table. */
  private enum Found {
    NOTHING,
    ONE_ROW,
    /** Each column of an index narrows a search by the same factor. */
    MANY_ROWS,
    MORE_ROWS,
    /** Every value of every index is unique. */
    UNIQUE_VALUES,
    /** All values of every index are equal, so that no index seems to be of use. */
    EQUAL_VALUES
  }

  /** An index, by the name that ANALYZE gives it. */
  private record Index(String table, String name, int columns) {
    /** The row count, then for each column how many rows have the same values up to this column. */
    String statistics(Found found) {
      long rows =
          switch (found) {
            case NOTHING -> 0;
            case ONE_ROW -> 1;
            case MORE_ROWS -> MANY * 1_000;
            case MANY_ROWS, UNIQUE_VALUES, EQUAL_VALUES -> MANY;
          };
      StringBuilder text = new StringBuilder().append(rows);
      for (int column = 1; column <= columns; column++) {
        double narrowed = Math.pow(rows, 1 - (double) column / columns);
        long same =
            switch (found) {
              case UNIQUE_VALUES -> 1;
              case EQUAL_VALUES -> rows;
              default -> Math.max(1, Math.round(narrowed));
            };
        text.append(' ').append(same);
      }
      return text.toString();
    }
  }

  @TempDir Path folder = Path.of("");
  private SqliteConnector connector = new SqliteConnector(folder, Duration.ZERO, 1);

  @BeforeEach
  void create() throws SQLException {
    Path file = folder.resolve("waymark.db");
    connector = new SqliteConnector(file, Duration.ofSeconds(10), 1_000_000);
    new SqliteSchema(file).prepare(connector);
  }

  @Test
  @DisplayName("are those without statistics, for every statement and list")
  void same() throws SQLException {
    Set<String> texts = texts();
    assertThat(texts).hasSizeGreaterThan(300);
    Map<String, List<String>> expected = plans(texts);
    List<Index> indexes = analyze();
    Set<String> tables = new LinkedHashSet<>();
    indexes.forEach(index -> tables.add(index.table()));
    assertThat(tables).hasSize(20);

    for (Found found : Found.values()) {
      assertPlans("all tables: " + found, indexes, index -> found, expected);
      for (String table : tables) {
        assertPlans(
            table + ": " + found,
            indexes,
            index -> index.table().equals(table) ? found : Found.MANY_ROWS,
            expected);
      }
    }
  }

  /** The texts of all statements that SQLite has a choice for. */
  private Set<String> texts() throws SQLException {
    Set<String> texts = new LinkedHashSet<>();
    for (ReadStatement statement : ReadStatement.values()) {
      texts.add(SqliteReads.text(statement));
    }
    for (WriteStatement statement : WriteStatement.values()) {
      if (!statement.checks()) {
        texts.add(SqliteWrites.text(statement));
      }
    }
    try (Connection connection = connector.reader()) {
      StatementLog log = new StatementLog();
      Session session = new Session(log.watch(connection));
      SqliteDialect dialect = new SqliteDialect(new SqliteErrors(Path.of(""), Duration.ZERO));
      List<ExecutionQuery> queries = new ArrayList<>(QueryShapes.between(SINCE, UNTIL));
      queries.addAll(QueryShapes.withConditions(SINCE, UNTIL));
      for (ExecutionQuery query : queries) {
        dialect.beginRead(session);
        new Snapshot(session, dialect).executions(query, 50);
        dialect.rollback(session);
      }
      log.runs().stream()
          .map(StatementLog.Run::text)
          .filter(text -> text.startsWith("SELECT"))
          .forEach(texts::add);
    }
    return texts;
  }

  /** Creates the table of the statistics, and returns what they are about. */
  private List<Index> analyze() throws SQLException {
    List<Index> indexes = new ArrayList<>();
    try (Connection connection = connector.plain();
        Statement statement = connection.createStatement()) {
      statement.execute("ANALYZE");
      try (ResultSet row =
          statement.executeQuery(
              """
              SELECT t.name, i.name, (SELECT count(*) FROM pragma_index_xinfo(i.name) x WHERE x.key = 1)
              FROM sqlite_schema t JOIN pragma_index_list(t.name) i
              WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'\
              """)) {
        while (row.next()) {
          indexes.add(new Index(row.getString(1), row.getString(2), row.getInt(3)));
        }
      }
    }
    return indexes;
  }

  private void assertPlans(
      String statistics,
      List<Index> indexes,
      Function<Index, Found> found,
      Map<String, List<String>> expected)
      throws SQLException {
    try (Connection connection = connector.plain();
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)");
        Statement delete = connection.createStatement()) {
      delete.execute("DELETE FROM sqlite_stat1");
      for (Index index : indexes) {
        if (found.apply(index) != Found.NOTHING) {
          insert.setString(1, index.table());
          insert.setString(2, index.name());
          insert.setString(3, index.statistics(found.apply(index)));
          insert.executeUpdate();
        }
      }
    }
    plans(expected.keySet())
        .forEach(
            (text, plan) ->
                assertThat(plan)
                    .as("%s%n%s", statistics, text)
                    .containsExactlyInAnyOrderElementsOf(expected.get(text)));
  }

  /**
   * The steps of each statement on a new connection, which loads the statistics. How many columns
   * of an index narrow a search and whether a filter spares some searches depends on statistics and
   * does no harm; neither does the order of two checks of the same row.
   */
  private Map<String, List<String>> plans(Set<String> texts) throws SQLException {
    Map<String, List<String>> plans = new LinkedHashMap<>();
    try (Connection connection = connector.plain()) {
      for (String text : texts) {
        List<String> steps = new ArrayList<>();
        try (PreparedStatement explain = connection.prepareStatement("EXPLAIN QUERY PLAN " + text);
            ResultSet row = explain.executeQuery()) {
          while (row.next()) {
            steps.add(row.getString("detail").replaceAll(" \\(.*\\)", ""));
          }
        }
        steps.removeIf(step -> step.contains("BLOOM FILTER"));
        plans.put(text, steps);
      }
    }
    return plans;
  }
}
