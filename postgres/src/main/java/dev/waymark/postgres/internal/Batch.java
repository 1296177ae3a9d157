package dev.waymark.postgres.internal;

import dev.waymark.jdbc.internal.sql.DamagedRowException;
import dev.waymark.jdbc.internal.sql.Request;
import dev.waymark.jdbc.internal.sql.Session;
import dev.waymark.jdbc.internal.sql.UnknownOutcomeException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Several statements in one round trip. The driver splits a text at its semicolons, sends the
 * statements one after the other, each as a separate prepared statement, and waits once for all
 * answers. When one fails, the server skips the later ones. Not thread-safe.
 */
final class Batch {
  private static final int MOST_KNOWN = 1_000;

  private final Session session;
  private final Map<List<String>, String> known;
  private final boolean isApart;
  private final List<String> texts = new ArrayList<>();
  private final List<Request.Parameters> parameters = new ArrayList<>();
  private final List<Request.@Nullable Row> rows = new ArrayList<>();

  /**
   * A batch on this session.
   *
   * @param known keeps the joined texts for all later batches
   * @param isApart whether statements that change settings of the session get a round trip of their
   *     own; see {@link PostgresServer#answersSettingsApart}
   */
  Batch(Session session, Map<List<String>, String> known, boolean isApart) {
    this.session = session;
    this.known = known;
    this.isApart = isApart;
  }

  /** Adds the statements that the session has delayed, which begin a transaction. */
  void addDeferred() throws SQLException {
    String deferred = session.takeDeferred();
    if (deferred == null) {
      return;
    }
    if (isApart) {
      session.execute(deferred);
    } else {
      for (String statement : deferred.split(";\n", -1)) {
        add(statement);
      }
    }
  }

  /** Adds a statement without parameters, whose rows are ignored. */
  void add(String sql) {
    add(sql, (statement, first) -> first);
  }

  /** Adds a statement whose rows are ignored. */
  void add(String sql, Request.Parameters bound) {
    add(sql, bound, null);
  }

  /** Adds a read. */
  void add(String sql, Request request) {
    add(sql, request.parameters(), request.row());
  }

  /** Adds a statement with a consumer of its rows; null if they are ignored. */
  void add(String sql, Request.Parameters bound, Request.@Nullable Row row) {
    texts.add(sql);
    parameters.add(bound);
    rows.add(row);
  }

  /** Runs them. */
  void run() throws SQLException {
    if (!texts.isEmpty()) {
      execute(prepared());
    }
  }

  /** Runs them, and then these statements, which restore the settings of the session. */
  void runAndRestore(List<String> restoring) throws SQLException {
    if (isApart) {
      run();
      session.execute(String.join(";\n", restoring));
    } else {
      restoring.forEach(this::add);
      run();
    }
  }

  /**
   * Runs them and COMMIT.
   *
   * @throws UnknownOutcomeException when the transaction may have become durable although it failed
   */
  void runAndCommit() throws SQLException {
    if (isApart) {
      run();
      new Batch(session, known, false).runAndCommit();
      return;
    }
    add("COMMIT");
    PreparedStatement prepared = prepared();
    try {
      execute(prepared);
    } catch (SQLException e) {
      throw CommitErrors.isRolledBack(e) ? e : UnknownOutcomeException.of(e);
    } catch (RuntimeException | Error e) {
      throw UnknownOutcomeException.of(e);
    }
    CommitErrors.checkReplicated(prepared.getWarnings());
  }

  private PreparedStatement prepared() throws SQLException {
    PreparedStatement prepared = session.prepare(together());
    int next = 1;
    for (Request.Parameters bound : parameters) {
      next = bound.bind(prepared, next);
    }
    return prepared;
  }

  private void execute(PreparedStatement prepared) throws SQLException {
    boolean hasRows = prepared.execute();
    for (Request.@Nullable Row row : rows) {
      if (hasRows && row != null) {
        take(prepared, row);
      }
      hasRows = prepared.getMoreResults();
    }
  }

  /**
   * The texts as one. There are only a few dozen combinations. If the text is the same object, the
   * driver finds its prepared statements without reading the text.
   */
  private String together() {
    String text = known.get(texts);
    if (text == null) {
      text = String.join(";\n", texts);
      if (known.size() < MOST_KNOWN) {
        known.put(List.copyOf(texts), text);
      }
    }
    return text;
  }

  private static void take(PreparedStatement statement, Request.Row row) throws SQLException {
    try (ResultSet result = statement.getResultSet()) {
      while (result.next()) {
        DamagedRowException.map(
            result,
            found -> {
              row.take(found);
              return true;
            });
      }
    }
  }
}
