package dev.waymark.bench.commits;

import dev.waymark.bench.commits.Step.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes a group to PostgreSQL in one round trip. The statements that the group needs are one
 * prepared text, and each takes its columns as arrays. They are one transaction, because they are
 * sent together with autocommit on.
 */
final class PostgresGroupWriter implements GroupCommitBaseline.Writer {
  /**
   * The server plans the statements while the tables are small, and keeps the plans for a while.
   * Without this setting, these plans would read whole tables for every group.
   */
  private static final String LOOK_UP_BY_KEY =
      "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off";

  private final Connection connection;
  private final Map<Set<Kind>, PreparedStatement> statements = new HashMap<>();

  /** Takes ownership of a connection whose search path contains the tables of the baseline. */
  PostgresGroupWriter(Connection connection) throws SQLException {
    this.connection = connection;
    try (Statement settings = connection.createStatement()) {
      settings.execute(LOOK_UP_BY_KEY);
    }
  }

  @Override
  public void write(List<Entry> group) throws SQLException {
    Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    group.forEach(entry -> kinds.add(entry.step().kind()));
    Binder binder = new Binder(statement(kinds));
    for (PostgresPart part : PostgresPart.values()) {
      if (part.isNeeded(kinds)) {
        part.bind(binder, part.rows(group));
      }
    }
    binder.statement.executeUpdate();
  }

  private PreparedStatement statement(Set<Kind> kinds) throws SQLException {
    PreparedStatement known = statements.get(kinds);
    if (known != null) {
      return known;
    }
    String text =
        Stream.of(PostgresPart.values())
            .filter(part -> part.isNeeded(kinds))
            .map(PostgresPart::text)
            .collect(Collectors.joining(";\n"));
    PreparedStatement prepared = connection.prepareStatement(text);
    statements.put(Set.copyOf(kinds), prepared);
    return prepared;
  }

  /** Binds parameters one after the other. */
  final class Binder {
    private final PreparedStatement statement;
    private int index;

    Binder(PreparedStatement statement) {
      this.statement = statement;
    }

    /** One text for all rows. */
    Binder text(String value) throws SQLException {
      statement.setString(++index, value);
      return this;
    }

    /** A column of one value for each entry. */
    Binder column(String type, List<Entry> rows, Function<Entry, Object> value)
        throws SQLException {
      return column(type, rows.stream().map(value));
    }

    /** A column. */
    Binder column(String type, Stream<?> values) throws SQLException {
      statement.setArray(++index, connection.createArrayOf(type, values.toArray()));
      return this;
    }
  }

  @Override
  public Implementation.Tally tally() throws SQLException {
    return Tallies.of(connection);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
