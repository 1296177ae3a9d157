package dev.waymark.postgres.internal;

import dev.waymark.jdbc.internal.sql.Request;
import dev.waymark.jdbc.internal.sql.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Several statements in one round trip. The driver takes a text with semicolons apart, sends the
 * statements one after the other, each prepared by itself, and waits once for all answers. When one
 * fails the server skips those after it. Not thread-safe.
 */
final class Batch {
  private final Session session;
  private final StringBuilder text = new StringBuilder();
  private final List<Request.Parameters> parameters = new ArrayList<>();
  private final List<Request.@Nullable Row> rows = new ArrayList<>();

  Batch(Session session) {
    this.session = session;
  }

  /** Adds what the session has kept back, statements without parameters. */
  void addDeferred() {
    String deferred = session.takeDeferred();
    if (deferred != null) {
      for (String statement : deferred.split(";\n", -1)) {
        add(statement);
      }
    }
  }

  /** Adds a statement without parameters, whose rows are of no interest. */
  void add(String sql) {
    add(sql, (statement, first) -> first);
  }

  /** Adds a statement whose rows are of no interest. */
  void add(String sql, Request.Parameters bound) {
    add(sql, bound, null);
  }

  /** Adds a read. */
  void add(String sql, Request request) {
    add(sql, request.parameters(), request.row());
  }

  private void add(String sql, Request.Parameters bound, Request.@Nullable Row row) {
    text.append(text.isEmpty() ? "" : ";\n").append(sql);
    parameters.add(bound);
    rows.add(row);
  }

  /** Runs them. */
  void run() throws SQLException {
    PreparedStatement prepared = session.prepare(text.toString());
    int next = 1;
    for (Request.Parameters bound : parameters) {
      next = bound.bind(prepared, next);
    }
    boolean hasRows = prepared.execute();
    for (Request.@Nullable Row row : rows) {
      if (hasRows && row != null) {
        take(prepared, row);
      }
      hasRows = prepared.getMoreResults();
    }
  }

  private static void take(PreparedStatement statement, Request.Row row) throws SQLException {
    try (ResultSet result = statement.getResultSet()) {
      while (result.next()) {
        row.take(result);
      }
    }
  }
}
