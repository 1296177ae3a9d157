package dev.waymark.postgres.internal;

import dev.waymark.jdbc.internal.sql.ReadStatement;
import dev.waymark.jdbc.internal.sql.WriteStatement;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * The text of every statement on PostgreSQL, for one schema.
 *
 * <p>Tables are named with their schema, so that no statement depends on the search path of a
 * session. A collection of ids is one array. A write takes all rows in one statement, each column
 * as an array: here a round trip is what costs, where SQLite runs one statement for each row. Rows
 * go in in the order of their keys, so that two processes that insert the same keys wait for each
 * other instead of deadlocking.
 *
 * <p>{@code {s}} stands for the schema.
 */
final class PostgresSql {
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
    return template.replace("{s}", quotedSchema);
  }
}
