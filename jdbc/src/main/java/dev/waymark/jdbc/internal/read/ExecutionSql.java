package dev.waymark.jdbc.internal.read;

import dev.waymark.core.internal.Times;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.query.Cursor;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Order;
import dev.waymark.jdbc.internal.sql.Dialect;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The texts whose shape varies with the conditions of a query, and their parameters. A text holds
 * placeholders only, so there are few different ones and each stays prepared.
 *
 * <p>A list without labels is merged from one range of an index for each state. Each range stops
 * where the page must end, so the cost of a page does not depend on how much there is. A list by
 * label is one range of the index of labels, and what else is asked of its executions is looked up
 * one by one.
 */
final class ExecutionSql {
  private static final List<ExecutionState> EVERY_STATE = List.of(ExecutionState.values());

  private final Dialect dialect;
  private final ExecutionQuery query;

  ExecutionSql(Dialect dialect, ExecutionQuery query) {
    this.dialect = dialect;
    this.query = query;
  }

  /** A text with what is to be bound to it. */
  static final class Text {
    private final StringBuilder sql = new StringBuilder();
    private final List<Binding> bindings = new ArrayList<>();

    private interface Binding {
      void bind(PreparedStatement statement, int index) throws SQLException;
    }

    private Text add(String part) {
      sql.append(part);
      return this;
    }

    private Text bind(Binding binding) {
      bindings.add(binding);
      return this;
    }

    private Text bindAs(Text other) {
      bindings.addAll(other.bindings);
      return this;
    }

    private Text bind(String text) {
      return bind((s, i) -> s.setString(i, text));
    }

    private Text bind(long number) {
      return bind((s, i) -> s.setLong(i, number));
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

  /**
   * A part of a list, read from one of its ends.
   *
   * @param since created at or after this time, or null
   * @param until created before this time, or null
   * @param after behind this place, or null
   * @param order which end it is read from
   * @param offset how many to pass over
   * @param limit how many to read
   */
  record Part(
      @Nullable Instant since,
      @Nullable Instant until,
      @Nullable Cursor after,
      Order order,
      long offset,
      long limit) {}

  /** The executions of a part of the list, in the order of the part. */
  Text page(Part part) {
    Text ids = ids(part);
    String direction = part.order() == Order.OLDEST ? "ASC" : "DESC";
    return executions()
        .add("WHERE " + dialect.isAmong("e.id", ids.sql()))
        .add("\nORDER BY e.created_at " + direction + ", e.id " + direction)
        .bindAs(ids);
  }

  /** One execution in a state that there is not; reads them all. */
  Text ofUnknownState() {
    Text text =
        executions().add("WHERE e.state NOT IN (" + placeholders(EVERY_STATE) + ") LIMIT 1");
    EVERY_STATE.forEach(state -> text.bind(state.name()));
    return text;
  }

  private Text executions() {
    return new Text()
        .add(
            """
            SELECT e.id, e.workflow_id, e.workflow_revision, e.state, e.version, d.labels, d.inputs,
                   e.created_at, e.started_at, e.ended_at, e.error,
                   e.parent_task_run_id, e.parent_id, e.child_policy, e.depth
            FROM %s e LEFT JOIN %s ON %s
            """
                .formatted(
                    dialect.table("executions"),
                    dialect.byKey("execution_details", "d"),
                    dialect.isKey("d.execution_id", "e.id")));
  }

  /** The ids of the executions of a part: the rows are looked up when it is known which. */
  private Text ids(Part part) {
    String direction = part.order() == Order.OLDEST ? "ASC" : "DESC";
    Text text = new Text();
    if (query.labels().isEmpty()) {
      addMerged(text, part, direction);
    } else {
      text.add("SELECT l.execution_id");
      addLabelled(text, part, Check::oneByOne);
      text.add("\nORDER BY l.created_at " + direction + ", l.execution_id " + direction);
    }
    return text.add("\nLIMIT ? OFFSET ?").bind(part.limit()).bind(part.offset());
  }

  private void addMerged(Text text, Part part, String direction) {
    text.add("SELECT u.id FROM (\n");
    String next = "";
    for (ExecutionState state : query.states().isEmpty() ? EVERY_STATE : query.states()) {
      text.add(next).add("SELECT * FROM (SELECT x.created_at, x.id");
      addRange(text, part, state);
      text.add(" ORDER BY x.created_at " + direction + ", x.id " + direction)
          .add(" LIMIT ?) r")
          .bind(part.offset() + part.limit());
      next = "\nUNION ALL ";
    }
    text.add(") u\nORDER BY u.created_at " + direction + ", u.id " + direction);
  }

  private void addRange(Text text, Part part, ExecutionState state) {
    text.add(" FROM " + dialect.table("executions") + " x WHERE ");
    var workflow = query.workflowId();
    if (workflow != null) {
      text.add("x.workflow_id = ? AND ").bind(workflow.value());
    }
    text.add("x.state = ?").bind(state.name());
    addBounds(text, part, "x.created_at", "x.id");
  }

  /**
   * The executions that have the first label, and all else that is asked for.
   *
   * @param check what else holds of a row
   */
  private void addLabelled(Text text, Part part, Check check) {
    text.add("\nFROM " + dialect.table("execution_labels") + " l WHERE l.name = ? AND l.value = ?");
    Iterator<Map.Entry<String, String>> labels = query.labels().entrySet().iterator();
    Map.Entry<String, String> first = labels.next();
    text.bind(first.getKey()).bind(first.getValue());
    addBounds(text, part, "l.created_at", "l.execution_id");
    String others = dialect.byKey("execution_labels", "o");
    while (labels.hasNext()) {
      Map.Entry<String, String> label = labels.next();
      text.add("\nAND ")
          .add(check.that("o.value = ?", others, "o.execution_id = l.execution_id AND o.name = ?"))
          .bind(label.getValue())
          .bind(label.getKey());
    }
    if (query.workflowId() != null || !query.states().isEmpty()) {
      Text owner = owner();
      text.add("\nAND ")
          .add(check.that(owner.sql(), dialect.byKey("executions", "x"), "x.id = l.execution_id"))
          .bindAs(owner);
    }
  }

  /** What must hold of the execution to which a label belongs. */
  private Text owner() {
    Text text = new Text();
    var workflow = query.workflowId();
    if (workflow != null) {
      text.add("x.workflow_id = ?").bind(workflow.value());
    }
    if (!query.states().isEmpty()) {
      text.add(workflow == null ? "" : " AND ");
      text.add("x.state IN (" + placeholders(query.states()) + ")");
      query.states().forEach(state -> text.bind(state.name()));
    }
    return text;
  }

  /** How it is asked whether something holds of the one row of a table that has a key. */
  private interface Check {
    String that(String condition, String table, String key);

    /** One after the other, in the order of the list: a page is read no further than to its end. */
    static String oneByOne(String condition, String table, String key) {
      return "(SELECT " + condition + " FROM " + table + " WHERE " + key + ")";
    }

    /** As the planner likes: of all, a join may be the shorter way. */
    static String ofAll(String condition, String table, String key) {
      return "EXISTS (SELECT 1 FROM " + table + " WHERE " + condition + " AND " + key + ")";
    }
  }

  /**
   * Of a bound and a cursor on the same side only the nearer one is named: it says all, and SQLite
   * would lead its search by the bound and pass over all that lies between it and the cursor.
   */
  private void addBounds(Text text, Part part, String time, String id) {
    boolean oldest = part.order() == Order.OLDEST;
    Instant since = part.since();
    Instant until = part.until();
    Cursor after = part.after();
    if (after != null && oldest && since != null) {
      boolean isCursorNearer = !since.isAfter(after.createdAt());
      since = isCursorNearer ? null : since;
      after = isCursorNearer ? after : null;
    }
    if (after != null && !oldest && until != null) {
      boolean isCursorNearer = until.isAfter(after.createdAt());
      until = isCursorNearer ? null : until;
      after = isCursorNearer ? after : null;
    }
    addTime(text, time + " >= ?", since);
    addTime(text, time + " < ?", until);
    if (after != null) {
      text.add(" AND (" + time + ", " + id + ")").add(oldest ? " > (?, ?)" : " < (?, ?)");
      bind(text, after);
    }
  }

  private void addTime(Text text, String condition, @Nullable Instant bound) {
    if (bound != null) {
      text.add(" AND " + condition).bind((s, i) -> dialect.bindTime(s, i, bound));
    }
  }

  private void bind(Text text, Cursor after) {
    text.bind((s, i) -> dialect.bindTime(s, i, after.createdAt()))
        .bind((s, i) -> dialect.bindUuid(s, i, after.id().value()));
  }

  /** How many executions with the labels there are. */
  Text countLabelled() {
    Text text = new Text().add("SELECT count(*)");
    addLabelled(text, bounds(query.since(), query.until()), Check::ofAll);
    return text;
  }

  /** How many executions without regard to labels were created between two times. */
  Text countBetween(Instant since, Instant until) {
    Text text = new Text().add("SELECT ");
    String next = "";
    for (ExecutionState state : query.states().isEmpty() ? EVERY_STATE : query.states()) {
      text.add(next).add("(SELECT count(*)");
      addRange(text, bounds(since, until), state);
      text.add(")");
      next = "\n+ ";
    }
    return text;
  }

  private static Part bounds(@Nullable Instant since, @Nullable Instant until) {
    return new Part(since, until, null, Order.OLDEST, 0, 0);
  }

  /** Day -> how many executions, without regard to labels, were created on it; by day. */
  Text countsByDay() {
    var workflow = query.workflowId();
    Text text =
        new Text()
            .add("SELECT c.day, sum(c.executions) FROM ")
            .add(dialect.table("execution_counts"))
            .add(" c WHERE c.workflow_id = ?")
            .bind(workflow == null ? "" : workflow.value());
    Set<ExecutionState> states = query.states();
    Collection<ExecutionState> named = states.isEmpty() ? EVERY_STATE : states;
    text.add(" AND c.state IN (" + placeholders(named) + ")");
    named.forEach(state -> text.bind(state.name()));
    Instant since = query.since();
    if (since != null) {
      text.add(" AND c.day >= ?").bind((s, i) -> s.setInt(i, Times.day(since)));
    }
    Instant until = query.until();
    if (until != null) {
      text.add(" AND c.day <= ?").bind((s, i) -> s.setInt(i, Times.day(until)));
    }
    return text.add(" GROUP BY c.day ORDER BY c.day");
  }

  private static String placeholders(Collection<?> values) {
    return String.join(", ", Collections.nCopies(values.size(), "?"));
  }
}
