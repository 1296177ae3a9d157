package dev.waymark.jdbc.internal.read;

import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.store.Cursor;
import dev.waymark.core.store.ExecutionQuery;
import dev.waymark.core.store.Order;
import dev.waymark.jdbc.internal.sql.Dialect;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The one query whose shape varies: its text and its parameters, put together from the conditions.
 * The text holds placeholders only, so there are few different texts and each stays prepared.
 */
final class ExecutionSql {
  /** Binds one parameter. */
  private interface Binding {
    void bind(PreparedStatement statement, int index) throws SQLException;
  }

  private final Dialect dialect;
  private final ExecutionQuery query;
  private final int limit;
  private final List<String> conditions = new ArrayList<>();
  private final List<Binding> bindings = new ArrayList<>();

  ExecutionSql(Dialect dialect, ExecutionQuery query, int limit) {
    this.dialect = dialect;
    this.query = query;
    this.limit = limit;
    addFilters();
  }

  /** Text of the count of all that match, wherever the page begins. */
  String count() {
    return "SELECT count(*) FROM " + dialect.table("executions") + " x" + where(conditions);
  }

  void bindCount(PreparedStatement statement) throws SQLException {
    bind(statement, bindings);
  }

  /**
   * Text of the page. It asks for one execution more than the limit, which tells whether there is a
   * next page.
   */
  String page() {
    List<String> all = new ArrayList<>(conditions);
    if (query.after() != null) {
      all.add(
          query.order() == Order.OLDEST
              ? "(x.created_at, x.id) > (?, ?)"
              : "(x.created_at, x.id) < (?, ?)");
    }
    String direction = query.order() == Order.OLDEST ? "ASC" : "DESC";
    return """
        SELECT e.id, e.workflow_id, e.workflow_revision, e.state, e.version, d.labels, d.inputs,
               e.created_at, e.started_at, e.ended_at, e.error
        FROM (SELECT x.id, x.workflow_id, x.workflow_revision, x.state, x.version,
                     x.created_at, x.started_at, x.ended_at, x.error
              FROM %3$s x%1$s
              ORDER BY x.created_at %2$s, x.id %2$s LIMIT ? OFFSET ?) e
        LEFT JOIN %4$s d ON d.execution_id = e.id
        ORDER BY e.created_at %2$s, e.id %2$s
        """
        .formatted(
            where(all), direction, dialect.table("executions"), dialect.table("execution_details"));
  }

  void bindPage(PreparedStatement statement) throws SQLException {
    List<Binding> all = new ArrayList<>(bindings);
    Cursor after = query.after();
    if (after != null) {
      all.add((s, i) -> dialect.bindTime(s, i, after.createdAt()));
      all.add((s, i) -> dialect.bindUuid(s, i, after.id().value()));
    }
    all.add((s, i) -> s.setLong(i, limit + 1L));
    all.add((s, i) -> s.setLong(i, query.offset()));
    bind(statement, all);
  }

  private void addFilters() {
    var workflow = query.workflowId();
    if (workflow != null) {
      add("x.workflow_id = ?", (s, i) -> s.setString(i, workflow.value()));
    }
    if (!query.states().isEmpty()) {
      conditions.add(
          "x.state IN ("
              + String.join(", ", Collections.nCopies(query.states().size(), "?"))
              + ")");
      for (ExecutionState state : query.states()) {
        bindings.add((s, i) -> s.setString(i, state.name()));
      }
    }
    var since = query.since();
    if (since != null) {
      add("x.created_at >= ?", (s, i) -> dialect.bindTime(s, i, since));
    }
    var until = query.until();
    if (until != null) {
      add("x.created_at < ?", (s, i) -> dialect.bindTime(s, i, until));
    }
    query.labels().forEach(this::addLabel);
  }

  private void addLabel(String name, String value) {
    String hasLabel =
        "EXISTS (SELECT 1 FROM "
            + dialect.table("execution_labels")
            + " l WHERE l.execution_id = x.id AND l.name = ? AND l.value = ?)";
    add(hasLabel, (s, i) -> s.setString(i, name));
    bindings.add((s, i) -> s.setString(i, value));
  }

  private void add(String condition, Binding binding) {
    conditions.add(condition);
    bindings.add(binding);
  }

  private static String where(List<String> conditions) {
    return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
  }

  private static void bind(PreparedStatement statement, List<Binding> bindings)
      throws SQLException {
    for (int i = 0; i < bindings.size(); i++) {
      bindings.get(i).bind(statement, i + 1);
    }
  }
}
