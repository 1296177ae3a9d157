package dev.waymark.postgres.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.jdbc.internal.sql.Column;
import dev.waymark.jdbc.internal.sql.ColumnType;
import dev.waymark.jdbc.internal.sql.ReadStatement;
import dev.waymark.jdbc.internal.sql.WriteStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The SQL is whole statements, so it repeats the columns that the list of statements names. */
@DisplayName("The columns of the writes on PostgreSQL")
class PostgresColumnsTest {
  private static final Pattern ARRAY = Pattern.compile("\\?::(\\w+)\\[\\]");
  private static final Pattern ROWS = Pattern.compile("\\)\\s+AS v \\(([^)]*)\\)");
  private static final Pattern INSERT =
      Pattern.compile(
          "INSERT INTO \\S+ (?:AS \\w+ )?\\(([^)]*)\\)\\s+SELECT (.*?)\\s+FROM unnest",
          Pattern.DOTALL);
  private static final Pattern VALUE = Pattern.compile("\\bv\\.(\\w+)");

  /** The rows of the history have one more column, which {@link HistorySums} computes. */
  private static final String EARLIER = "earlier";

  @Test
  @DisplayName("a write takes an array of the right type for each column of its list")
  void types() {
    for (WriteStatement statement : WriteStatement.values()) {
      assertThat(groups(ARRAY, text(statement)))
          .as(statement.name())
          .startsWith(
              statement.columns().stream().map(c -> sqlType(c.type())).toArray(String[]::new))
          .hasSize(statement.columns().size() + (isHistory(statement) ? 1 : 0));
    }
  }

  private static String sqlType(ColumnType type) {
    return switch (type) {
      case UUID -> "uuid";
      case TEXT -> "text";
      case LONG -> "bigint";
      case INT -> "integer";
      case TIME -> "timestamptz";
      case BYTES -> "bytea";
    };
  }

  @Test
  @DisplayName("a write names the arrays as the columns of its list")
  void names() {
    int found = 0;
    for (WriteStatement statement : WriteStatement.values()) {
      Matcher rows = ROWS.matcher(text(statement));
      if (rows.find()) {
        found++;
        assertThat(
                List.of(rows.group(1).split(",\\s+", -1)).stream().filter(n -> !n.equals(EARLIER)))
            .as(statement.name())
            .containsExactlyElementsOf(names(statement));
      }
    }
    // The one that has no join takes its ids as an array.
    assertThat(found).isEqualTo(WriteStatement.values().length - 1);
  }

  @Test
  @DisplayName("an insert fills each column from the column of its list that has the same name")
  void inserts() {
    int found = 0;
    for (WriteStatement statement : WriteStatement.values()) {
      Matcher insert = INSERT.matcher(text(statement));
      // The statement for children inserts what it finds.
      if (insert.find() && statement != WriteStatement.PUT_CHILDREN_DUE) {
        found++;
        List<String> values =
            groups(VALUE, insert.group(2)).stream().filter(n -> !n.equals(EARLIER)).toList();
        assertThat(values).as(statement.name()).isEqualTo(names(statement));
        assertThat(List.of(insert.group(1).split(",\\s+", -1)))
            .as(statement.name())
            .containsSubsequence(values.stream().filter(n -> !n.equals("micros")).toList());
      }
    }
    assertThat(found).isGreaterThan(12);
  }

  @Test
  @DisplayName("78: several arrays are unnested in step, each under the name of its column")
  void inStep() {
    PostgresSql sql = new PostgresSql("s");
    assertThat(sql.in("SELECT 1 FROM unnest(?::text[], ?::bigint[]) AS v (id, version) JOIN {s}.x"))
        .isEqualTo(
            "SELECT 1 FROM (SELECT unnest(?::text[]) AS id, unnest(?::bigint[]) AS version) AS v"
                + " JOIN \"s\".x");
    List<String> all = new ArrayList<>(List.of(sql.in(ClaimAtOnce.TEXT)));
    all.add(sql.in(ExecutionCounts.CHANGE));
    all.add(sql.in(RecordedLanes.RECORD));
    Stream.of(WriteStatement.values()).map(sql::text).forEach(all::add);
    Stream.of(ReadStatement.values()).map(sql::text).forEach(all::add);
    assertThat(all).noneMatch(text -> Pattern.compile("unnest\\([^()]+,").matcher(text).find());
  }

  private static boolean isHistory(WriteStatement statement) {
    return statement == WriteStatement.INSERT_HISTORY;
  }

  private static List<String> names(WriteStatement statement) {
    return statement.columns().stream().map(Column::name).toList();
  }

  private static List<String> groups(Pattern pattern, String text) {
    return pattern.matcher(text).results().map((MatchResult found) -> found.group(1)).toList();
  }

  private static String text(WriteStatement statement) {
    return PostgresWrites.template(statement);
  }
}
