package dev.waymark.jdbc.internal.read;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/** A text with what is to be bound to it. */
final class SqlText {
  private final StringBuilder sql = new StringBuilder();
  private final List<Binding> bindings = new ArrayList<>();

  /** Binds the parameter of this index. */
  interface Binding {
    void bind(PreparedStatement statement, int index) throws SQLException;
  }

  SqlText add(String part) {
    sql.append(part);
    return this;
  }

  /** Adds a text with its bindings. */
  SqlText add(SqlText part) {
    bindings.addAll(part.bindings);
    return add(part.sql());
  }

  SqlText bind(Binding binding) {
    bindings.add(binding);
    return this;
  }

  SqlText bindAs(SqlText other) {
    bindings.addAll(other.bindings);
    return this;
  }

  SqlText bind(String text) {
    return bind((s, i) -> s.setString(i, text));
  }

  SqlText bind(long number) {
    return bind((s, i) -> s.setLong(i, number));
  }

  /** Adds that a column has the name of one of these constants. */
  SqlText addIn(String column, Collection<? extends Enum<?>> names) {
    add(column + " IN (" + placeholders(names) + ")");
    names.forEach(name -> bind(name.name()));
    return this;
  }

  static String placeholders(Collection<?> values) {
    return String.join(", ", Collections.nCopies(values.size(), "?"));
  }

  boolean isEmpty() {
    return sql.isEmpty();
  }

  String sql() {
    return sql.toString();
  }

  void bindAll(PreparedStatement statement) throws SQLException {
    for (int i = 0; i < bindings.size(); i++) {
      bindings.get(i).bind(statement, i + 1);
    }
  }
}
