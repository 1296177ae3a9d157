package dev.waymark.postgres.internal;

import dev.waymark.jdbc.internal.sql.ReadStatement;
import dev.waymark.jdbc.internal.sql.WriteStatement;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of every statement on PostgreSQL, for one schema.
 *
 * <p>Tables are named with their schema, so that no statement depends on the search path of a
 * session. A collection of ids is one array. A write takes all rows in one statement, each column
 * as an array: here a round trip is what costs, where SQLite runs one statement for each row. Rows
 * go in in the order of their keys, so that two processes that insert the same keys wait for each
 * other instead of deadlocking.
 *
 * <p>A join looks up rows by {@code key = ANY (ARRAY [value])} where others write {@code key =
 * value}. The planner has only one way to run that: a look-up by the index for each value. With the
 * plain condition it scans all of a table that had no rows when its statistics were collected, or
 * when the plan was made. The plan is kept while the table grows. For the same reason a condition
 * that must not lead to another index is written in a form that no index has.
 *
 * <p>{@code {s}} stands for the schema.
 */
final class PostgresSql {
  /** A call with several arrays, the name of its rows, and the names of their columns. */
  private static final Pattern SEVERAL_ARRAYS =
      Pattern.compile("unnest\\(([^()]+,[^()]+)\\)\\s+AS (\\w+) \\(([^()]+)\\)");

  private final String quotedSchema;
  private final Map<ReadStatement, String> reads = new EnumMap<>(ReadStatement.class);
  private final Map<WriteStatement, String> writes = new EnumMap<>(WriteStatement.class);

  /** The statements for a schema whose name was checked. */
  PostgresSql(String schema) {
    this.quotedSchema = '"' + schema + '"';
    for (ReadStatement statement : ReadStatement.values()) {
      reads.put(statement, in(PostgresReads.template(statement)));
    }
    for (WriteStatement statement : WriteStatement.values()) {
      writes.put(statement, in(PostgresWrites.template(statement)));
    }
  }

  /** The condition that a key has a value of another row, which is then looked up by the key. */
  static String isKey(String column, String value) {
    return column + " = ANY (ARRAY [" + value + "])";
  }

  String text(ReadStatement statement) {
    return Objects.requireNonNull(reads.get(statement));
  }

  String text(WriteStatement statement) {
    return Objects.requireNonNull(writes.get(statement));
  }

  String table(String name) {
    return quotedSchema + "." + name;
  }

  /** The text of a template for this schema. */
  String in(String template) {
    return inStep(template.replace("{s}", quotedSchema));
  }

  /**
   * Unnests several arrays in the list of a SELECT, where the server takes one element of each at a
   * time. As one function in FROM, it stores the elements of each array first, in memory of its own
   * of many pages: 0.15 to 0.2 ms for nine arrays of one element, more than the rest of the
   * statement.
   */
  static String inStep(String text) {
    return SEVERAL_ARRAYS
        .matcher(text)
        .replaceAll(
            found -> {
              String[] arrays = found.group(1).split(",\\s*", -1);
              String[] names = found.group(3).split(",\\s*", -1);
              StringBuilder list = new StringBuilder("(SELECT ");
              for (int i = 0; i < arrays.length; i++) {
                list.append(i == 0 ? "" : ", ");
                list.append("unnest(").append(arrays[i]).append(") AS ").append(names[i]);
              }
              return Matcher.quoteReplacement(list + ") AS " + found.group(2));
            });
  }
}
