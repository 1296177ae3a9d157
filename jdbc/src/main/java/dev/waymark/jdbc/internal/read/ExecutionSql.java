package dev.waymark.jdbc.internal.read;

import dev.waymark.core.internal.Times;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.query.Cursor;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Order;
import dev.waymark.jdbc.internal.read.ConditionSql.Children;
import dev.waymark.jdbc.internal.read.ConditionSql.FirstLabel;
import dev.waymark.jdbc.internal.read.ConditionSql.Source;
import dev.waymark.jdbc.internal.read.ConditionSql.States;
import dev.waymark.jdbc.internal.sql.Dialect;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The texts whose shape varies with the conditions of a query, and their parameters. A text holds
 * placeholders only, so there are few different ones and each stays prepared.
 *
 * <p>A list without labels is merged from one range of an index for each state. Each range stops
 * where the page must end, so the cost of a page does not depend on how much there is. A list by
 * label is one range of the index of labels, and what else is asked of its executions is looked up
 * one by one. With the conditions of {@link ConditionSql}, a list begins with the smallest of its
 * sources.
 */
final class ExecutionSql {
  private static final List<ExecutionState> EVERY_STATE = List.of(ExecutionState.values());

  private final Dialect dialect;
  private final ExecutionQuery query;
  private final ConditionSql conditions;

  ExecutionSql(Dialect dialect, ExecutionQuery query) {
    this.dialect = dialect;
    this.query = query;
    this.conditions = new ConditionSql(dialect, query.conditions());
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

  /** Whether the counts by day have the total: there is no condition that they do not know. */
  boolean isCounted() {
    return query.labels().isEmpty() && !conditions.isNeeded();
  }

  /** Whether there is a state in which an execution can match. */
  boolean isPossible() {
    return !conditions.states().isEmpty();
  }

  /** Where the list can begin; of those that find much, the first is to be preferred. */
  List<Source> sources() {
    return conditions.isNeeded() ? conditions.sources() : List.of(new FirstLabel());
  }

  /** The executions of a part of the list, in the order of the part. */
  SqlText page(Part part, Source source) {
    SqlText ids = ids(part, source);
    String direction = part.order() == Order.OLDEST ? "ASC" : "DESC";
    return executions()
        .add("WHERE " + dialect.isAmong("e.id", ids.sql()))
        .add("\nORDER BY e.created_at " + direction + ", e.id " + direction)
        .bindAs(ids);
  }

  /** One execution in a state that there is not; reads them all. */
  SqlText ofUnknownState() {
    SqlText text =
        executions()
            .add("WHERE e.state NOT IN (" + SqlText.placeholders(EVERY_STATE) + ") LIMIT 1");
    EVERY_STATE.forEach(state -> text.bind(state.name()));
    return text;
  }

  private SqlText executions() {
    return new SqlText()
        .add(
            """
            SELECT e.id, e.workflow_id, e.workflow_revision, e.state, e.version, d.labels, d.inputs,
                   e.created_at, e.started_at, e.ended_at, e.error,
                   e.parent_task_run_id, e.parent_id, e.child_policy, e.depth, e.continues_id, e.continued_as_id
            FROM %s e LEFT JOIN %s ON %s
            """
                .formatted(
                    dialect.table("executions"),
                    dialect.byKey("execution_details", "d"),
                    dialect.isKey("d.execution_id", "e.id")));
  }

  /** The ids of the executions of a part: the rows are looked up when it is known which. */
  private SqlText ids(Part part, Source source) {
    String direction = part.order() == Order.OLDEST ? "ASC" : "DESC";
    SqlText text = new SqlText();
    if (source instanceof States) {
      addMerged(text, part, direction);
    } else if (source instanceof FirstLabel) {
      text.add("SELECT l.execution_id");
      addLabelled(text, part, Check::oneByOne);
      text.add("\nORDER BY l.created_at " + direction + ", l.execution_id " + direction);
    } else {
      text.add("SELECT x.id");
      addFound(text, part, source);
      text.add("\nORDER BY x.created_at " + direction + ", x.id " + direction);
    }
    return text.add("\nLIMIT ? OFFSET ?").bind(part.limit()).bind(part.offset());
  }

  private void addMerged(SqlText text, Part part, String direction) {
    text.add("SELECT u.id FROM (\n");
    String next = "";
    for (ExecutionState state : conditions.states()) {
      text.add(next).add("SELECT * FROM (SELECT x.created_at, x.id");
      addRangeWithChecks(text, part, state);
      text.add(" ORDER BY x.created_at " + direction + ", x.id " + direction)
          .add(" LIMIT ?) r")
          .bind(part.offset() + part.limit());
      next = "\nUNION ALL ";
    }
    text.add(") u\nORDER BY u.created_at " + direction + ", u.id " + direction);
  }

  private void addRange(SqlText text, Part part, ExecutionState state) {
    text.add(" FROM " + dialect.table("executions") + " x WHERE ");
    var workflow = query.workflowId();
    if (workflow != null) {
      text.add("x.workflow_id = ? AND ").bind(workflow.value());
    }
    text.add("x.state = ?").bind(state.name());
    addBounds(text, part, "x.created_at", "x.id");
  }

  /**
   * A range with checks. The limit, which is never reached, keeps the planner from choosing the
   * index by the cost of the checks.
   */
  private void addLimited(SqlText text, Part part, ExecutionState state) {
    SqlText end = conditions.endOnly("r");
    text.add(" FROM (SELECT x.id").add(end.isEmpty() ? "" : ", x.ended_at");
    addRange(text, part, state);
    // In the order of the index of states, which a planner takes then.
    text.add(" ORDER BY x.created_at, x.id LIMIT ?) r WHERE true").bind(Long.MAX_VALUE);
    text.add(end).add(conditions.checks("r.id", new States()));
  }

  private void addRangeWithChecks(SqlText text, Part part, ExecutionState state) {
    addRange(text, part, state);
    text.add(conditions.endOnly("x")).add(conditions.checks("x.id", new States()));
  }

  /**
   * The executions of a source that is no range of states or of the first label, and all else that
   * is asked for. Only the index of children is in the order of the list, so the bounds narrow it.
   */
  private void addFound(SqlText text, Part part, Source source) {
    SqlText bounds = new SqlText();
    addBounds(bounds, part, "x.created_at", "x.id");
    boolean isOrdered = source instanceof Children;
    text.add(" FROM ").add(conditions.from(source)).add(isOrdered ? bounds : new SqlText());
    text.add(conditions.columns("x", isOrdered ? new SqlText() : bounds));
    addExactLabels(text, query.labels(), "x.id", Check::oneByOne);
    text.add(conditions.checks("x.id", source));
  }

  /**
   * The executions that have the first label, and all else that is asked for.
   *
   * @param check what else holds of a row
   */
  private void addLabelled(SqlText text, Part part, Check check) {
    addFirstLabel(text, part);
    Map<String, String> others = new TreeMap<>(query.labels());
    others.remove(query.labels().keySet().iterator().next());
    addExactLabels(text, others, "l.execution_id", check);
    SqlText owner = owner();
    if (!owner.isEmpty()) {
      text.add("\nAND ")
          .add(check.that(owner.sql(), dialect.byKey("executions", "x"), "x.id = l.execution_id"))
          .bindAs(owner);
    }
    text.add(conditions.checks("l.execution_id", new FirstLabel()));
  }

  private void addFirstLabel(SqlText text, Part part) {
    text.add("\nFROM " + dialect.table("execution_labels") + " l WHERE l.name = ? AND l.value = ?");
    Map.Entry<String, String> first = query.labels().entrySet().iterator().next();
    text.bind(first.getKey()).bind(first.getValue());
    addBounds(text, part, "l.created_at", "l.execution_id");
  }

  private void addExactLabels(SqlText text, Map<String, String> labels, String id, Check check) {
    String table = dialect.byKey("execution_labels", "o");
    String key = "o.execution_id = " + id + " AND o.name = ?";
    labels.forEach(
        (name, value) ->
            text.add("\nAND ").add(check.that("o.value = ?", table, key)).bind(value).bind(name));
  }

  /** What must hold of the execution to which a label belongs. */
  private SqlText owner() {
    SqlText text = new SqlText();
    var workflow = query.workflowId();
    if (workflow != null) {
      text.add("x.workflow_id = ?").bind(workflow.value());
    }
    if (!query.states().isEmpty()) {
      text.add(text.isEmpty() ? "" : " AND ").addIn("x.state", query.states());
    }
    SqlText end = conditions.end("x");
    return end.isEmpty() ? text : text.add(text.isEmpty() ? "" : " AND ").add(end);
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
  private void addBounds(SqlText text, Part part, String time, String id) {
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

  private void addTime(SqlText text, String condition, @Nullable Instant bound) {
    if (bound != null) {
      text.add(" AND " + condition).bind((s, i) -> dialect.bindTime(s, i, bound));
    }
  }

  private void bind(SqlText text, Cursor after) {
    text.bind((s, i) -> dialect.bindTime(s, i, after.createdAt()))
        .bind((s, i) -> dialect.bindUuid(s, i, after.id().value()));
  }

  /** How many executions of a source match, one counted after the other. */
  SqlText count(Source source) {
    if (source instanceof States) {
      return countBetween(query.since(), query.until());
    }
    Part part = bounds(query.since(), query.until());
    SqlText text = new SqlText().add("SELECT count(*)");
    if (source instanceof FirstLabel) {
      addLabelled(text, part, Check::ofAll);
    } else {
      addFound(text, part, source);
    }
    return text;
  }

  /** How many executions are found by their states were created between two times. */
  SqlText countBetween(@Nullable Instant since, @Nullable Instant until) {
    SqlText text = new SqlText().add("SELECT ");
    String next = "";
    for (ExecutionState state : conditions.states()) {
      text.add(next).add("(SELECT count(*)");
      if (conditions.isNeeded()) {
        addLimited(text, bounds(since, until), state);
      } else {
        addRange(text, bounds(since, until), state);
      }
      text.add(")");
      next = "\n+ ";
    }
    return text;
  }

  /** How many entries the index of a source has, up to a limit. */
  SqlText size(Source source, long limit) {
    return new SqlText()
        .add("SELECT count(*) FROM (")
        .add(entries(source, limit))
        .add("\nLIMIT ?) n")
        .bind(limit);
  }

  private SqlText entries(Source source, long limit) {
    Part part = bounds(query.since(), query.until());
    SqlText text = new SqlText();
    if (source instanceof States) {
      String next = "";
      for (ExecutionState state : conditions.states()) {
        text.add(next).add("SELECT * FROM (SELECT x.id");
        addRange(text, part, state);
        text.add(" ORDER BY x.created_at, x.id LIMIT ?) r").bind(limit);
        next = "\nUNION ALL ";
      }
    } else if (source instanceof FirstLabel) {
      text.add("SELECT l.execution_id");
      addFirstLabel(text, part);
      // The order of the index of values; a planner could take the key of the table otherwise.
      text.add("\nORDER BY l.created_at, l.execution_id");
    } else {
      text.add(conditions.entries(source));
    }
    return text;
  }

  private static Part bounds(@Nullable Instant since, @Nullable Instant until) {
    return new Part(since, until, null, Order.OLDEST, 0, 0);
  }

  /** Day -> how many executions, without regard to labels, were created on it; by day. */
  SqlText countsByDay() {
    var workflow = query.workflowId();
    SqlText text =
        new SqlText()
            .add("SELECT c.day, sum(c.executions) FROM ")
            .add(dialect.table("execution_counts"))
            .add(" c WHERE c.workflow_id = ?")
            .bind(workflow == null ? "" : workflow.value());
    Set<ExecutionState> states = query.states();
    Collection<ExecutionState> named = states.isEmpty() ? EVERY_STATE : states;
    text.add(" AND c.state IN (" + SqlText.placeholders(named) + ")");
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
}
