package dev.waymark.jdbc.internal.read;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.query.ExecutionConditions;
import dev.waymark.core.query.LabelCondition;
import dev.waymark.core.query.TaskRunCondition;
import dev.waymark.jdbc.internal.sql.Dialect;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The SQL of the conditions that are neither an exact label nor in the counts.
 *
 * <p>A list begins with one source of executions, which an index provides. Everything else is
 * checked for each execution of the source, by key. Checks are scalar subqueries, because a planner
 * may turn {@code EXISTS} or {@code IN} into a join that reads a whole table. Conditions on columns
 * of {@code executions} are within a {@code CASE}, so that no index but that of the source seems
 * useful.
 *
 * <p>A beginning of a text is a range: text is compared byte by byte in UTF-8, which is the order
 * of code points. So no character has a special meaning, and an index serves the search.
 */
final class ConditionSql {
  private static final List<ExecutionState> EVERY_STATE = List.of(ExecutionState.values());

  private final Dialect dialect;
  private final ExecutionConditions conditions;

  ConditionSql(Dialect dialect, ExecutionConditions conditions) {
    this.dialect = dialect;
    this.conditions = conditions;
  }

  /** Where a list begins: the executions that an index finds by one of the conditions. */
  sealed interface Source {}

  /** The ranges of the states, in the order of the list. */
  record States() implements Source {}

  /** The range of the first exact label, in the order of the list. */
  record FirstLabel() implements Source {}

  /** The ranges of the values that a label condition allows. */
  record Labelled(LabelCondition condition) implements Source {}

  /** The failed task runs. */
  record Failed(TaskRunCondition condition) implements Source {}

  /** The attempts whose error begins with a text. */
  record Errors(TaskRunCondition condition, String prefix) implements Source {}

  /** The executions that ended within a period. */
  record Ended() implements Source {}

  /** The children of an execution, in the order of the list. */
  record Children(ExecutionId parent) implements Source {}

  /** Whether there are conditions that only this class knows. */
  boolean isNeeded() {
    return !conditions.labelConditions().isEmpty()
        || conditions.taskRun() != null
        || conditions.parent() != null
        || hasEnd();
  }

  private boolean hasEnd() {
    return conditions.endedSince() != null || conditions.endedUntil() != null;
  }

  /**
   * The possible sources. Of those that find much, the first is to be preferred. Children are the
   * only source, because no other one checks the parent.
   */
  List<Source> sources() {
    if (conditions.parent() != null) {
      return List.of(new Children(conditions.parent()));
    }
    List<Source> sources = new ArrayList<>();
    TaskRunCondition taskRun = conditions.taskRun();
    if (taskRun != null) {
      String prefix = taskRun.errorPrefix();
      if (taskRun.states().equals(Set.of(TaskRunState.FAILED))) {
        sources.add(new Failed(taskRun));
      }
      if (prefix != null) {
        sources.add(new Errors(taskRun, prefix));
      }
    }
    if (!conditions.labels().isEmpty()) {
      sources.add(new FirstLabel());
    }
    conditions.labelConditions().forEach(condition -> sources.add(new Labelled(condition)));
    if (hasEnd()) {
      sources.add(new Ended());
    }
    sources.add(new States());
    return sources;
  }

  /**
   * The states that an execution can have. A task run that has not ended belongs to an execution
   * that has not ended.
   */
  Set<ExecutionState> states() {
    Set<ExecutionState> states = EnumSet.noneOf(ExecutionState.class);
    states.addAll(conditions.states().isEmpty() ? EVERY_STATE : conditions.states());
    TaskRunCondition taskRun = conditions.taskRun();
    if (taskRun != null
        && !taskRun.states().isEmpty()
        && taskRun.states().stream().noneMatch(TaskRunState::isTerminal)) {
      states.removeIf(ExecutionState::isTerminal);
    }
    if (hasEnd()) {
      states.removeIf(state -> !state.isTerminal());
    }
    return states;
  }

  // ---- sources

  /** The executions {@code x} of a source that is no range of states or of the first label. */
  SqlText from(Source source) {
    if (source instanceof Children children) {
      return new SqlText()
          .add(dialect.byIndex("executions", "x", "executions_by_parent"))
          .add(" WHERE x.parent_id = ?")
          .bind((s, i) -> dialect.bindUuid(s, i, children.parent().value()));
    }
    return source instanceof Ended
        ? new SqlText()
            .add(dialect.byIndex("executions", "x", "executions_by_end"))
            .add(" WHERE ")
            .add(end("x"))
        : amongExecutions(ids(source));
  }

  private SqlText amongExecutions(SqlText ids) {
    return new SqlText()
        .add(dialect.byKey("executions", "x"))
        .add(" WHERE " + dialect.isAmong("x.id", ids.sql()))
        .bindAs(ids);
  }

  /** The entries of the index of a source that has no order. */
  SqlText entries(Source source) {
    if (source instanceof Ended || source instanceof Children) {
      return new SqlText().add("SELECT x.id FROM ").add(from(source));
    }
    if (source instanceof Failed) {
      return new SqlText().add("SELECT t.id FROM ").add(allFailed());
    }
    return source instanceof Errors errors
        ? new SqlText().add("SELECT a.number FROM ").add(attemptsWith(errors.prefix()))
        : ids(source);
  }

  private SqlText ids(Source source) {
    if (source instanceof Failed failed) {
      return failedTaskRuns(failed.condition());
    } else if (source instanceof Errors errors) {
      return attempts(errors);
    } else if (source instanceof Labelled labelled) {
      return new SqlText()
          .add("SELECT l.execution_id FROM ")
          .add(dialect.byIndex("execution_labels", "l", "execution_labels_by_value"))
          .add(" WHERE l.name = ?")
          .bind(labelled.condition().name())
          .add(range(labelled.condition()))
          // The order of that index; a planner could take the key of the table otherwise.
          .add(" ORDER BY l.value, l.created_at, l.execution_id");
    }
    throw new IllegalArgumentException(source + " has an order");
  }

  private SqlText failedTaskRuns(TaskRunCondition condition) {
    return new SqlText()
        .add("SELECT t.execution_id FROM ")
        .add(allFailed())
        .add(onlyIf(task("t", condition)))
        .add(newestAttempt("t", condition));
  }

  /** A condition on the value that every value fulfils still selects the index of values. */
  private SqlText range(LabelCondition condition) {
    SqlText value = value("l.value", condition);
    return value.isEmpty() ? beginning("l.value", "") : value;
  }

  private SqlText allFailed() {
    return new SqlText()
        .add(dialect.byIndex("task_runs", "t", "task_runs_failed"))
        .add(" WHERE " + dialect.isFailed("t"));
  }

  /** The executions of the attempts with the error; null for an attempt that is not the newest. */
  private SqlText attempts(Errors errors) {
    TaskRunCondition condition = errors.condition();
    SqlText text =
        new SqlText()
            .add("SELECT (SELECT t.execution_id FROM " + dialect.byKey("task_runs", "t"))
            .add(" WHERE " + dialect.isKey("t.id", "a.task_run_id"))
            .add(" AND t.last_attempt = a.number")
            .add(onlyIf(taskRunColumns("t", condition)))
            .add(") FROM ")
            .add(attemptsWith(errors.prefix()));
    return text.add(onlyIf(attemptColumns("a", condition)));
  }

  private SqlText attemptsWith(String prefix) {
    return new SqlText()
        .add(dialect.byIndex("attempts", "a", "attempts_by_error"))
        .add(" WHERE a.error IS NOT NULL")
        .add(beginning(dialect.beginning("a.error"), head(prefix)));
  }

  // ---- checks of one execution

  /** What the columns of an execution must be, as a condition that no index serves. */
  SqlText columns(String alias, SqlText bounds) {
    SqlText all = new SqlText().add(bounds);
    if (conditions.workflowId() != null) {
      all.add(" AND " + alias + ".workflow_id = ?").bind(conditions.workflowId().value());
    }
    if (!conditions.states().isEmpty()) {
      all.add(" AND ").addIn(alias + ".state", conditions.states());
    }
    return onlyIf(hasEnd() ? all.add(" AND ").add(end(alias)) : all);
  }

  /** The condition on the end, as one that no index serves; empty if there is none. */
  SqlText endOnly(String alias) {
    return hasEnd() ? onlyIf(new SqlText().add(" AND ").add(end(alias))) : new SqlText();
  }

  /** The condition on the end. */
  SqlText end(String alias) {
    SqlText text = new SqlText();
    Instant since = conditions.endedSince();
    Instant until = conditions.endedUntil();
    String column = alias + ".ended_at";
    if (since != null) {
      text.add(column + " >= ?").bind((s, i) -> dialect.bindTime(s, i, since));
    }
    if (until != null) {
      text.add(since == null ? "" : " AND ").add(column + " < ?");
      text.bind((s, i) -> dialect.bindTime(s, i, until));
    }
    return text;
  }

  /**
   * What else must hold of an execution, except what its source implies.
   *
   * @param id the column with its id
   */
  SqlText checks(String id, Source source) {
    SqlText checks = new SqlText();
    for (LabelCondition condition : conditions.labelConditions()) {
      if (!source.equals(new Labelled(condition))) {
        checks.add("\nAND ").add(label(id, condition));
      }
    }
    TaskRunCondition taskRun = conditions.taskRun();
    if (taskRun != null && !(source instanceof Failed) && !(source instanceof Errors)) {
      checks.add("\nAND ").add(taskRun(id, taskRun));
    }
    return checks;
  }

  private SqlText label(String id, LabelCondition condition) {
    return new SqlText()
        .add("(SELECT true FROM " + dialect.byKey("execution_labels", "o"))
        .add(" WHERE " + dialect.isKey("o.execution_id", id) + " AND o.name = ?")
        .bind(condition.name())
        .add(onlyIf(value("o.value", condition)))
        .add(")");
  }

  private SqlText value(String column, LabelCondition condition) {
    if (condition instanceof LabelCondition.AnyOf anyOf) {
      return new SqlText()
          .add(" AND " + dialect.isOneOf(column))
          .bind((s, i) -> dialect.bindTexts(s, i, anyOf.values()));
    }
    return condition instanceof LabelCondition.StartsWith starts
        ? beginning(column, starts.prefix())
        : new SqlText();
  }

  private SqlText taskRun(String id, TaskRunCondition condition) {
    SqlText text =
        new SqlText()
            .add("(SELECT true FROM ")
            .add(dialect.byIndex("task_runs", "t", Dialect.TASK_RUNS_BY_TASK))
            .add(" WHERE " + dialect.isKey("t.execution_id", id));
    if (condition.taskId() != null) {
      text.add(" AND t.task_id = ?").bind(condition.taskId().value());
    }
    return text.add(onlyIf(states("t", condition)))
        .add(newestAttempt("t", condition))
        .add(" LIMIT 1)");
  }

  // ---- parts of a condition on task runs, each with a leading AND

  private static SqlText taskRunColumns(String alias, TaskRunCondition condition) {
    return states(alias, condition).add(task(alias, condition));
  }

  private static SqlText states(String alias, TaskRunCondition condition) {
    return condition.states().isEmpty()
        ? new SqlText()
        : new SqlText().add(" AND ").addIn(alias + ".state", condition.states());
  }

  private static SqlText task(String alias, TaskRunCondition condition) {
    return condition.taskId() == null
        ? new SqlText()
        : new SqlText().add(" AND " + alias + ".task_id = ?").bind(condition.taskId().value());
  }

  private SqlText newestAttempt(String alias, TaskRunCondition condition) {
    SqlText columns = attemptColumns("a", condition);
    return columns.isEmpty()
        ? columns
        : new SqlText()
            .add(" AND (SELECT true FROM " + dialect.byKey("attempts", "a"))
            .add(" WHERE " + dialect.isKey("a.task_run_id", alias + ".id"))
            .add(" AND a.number = " + alias + ".last_attempt")
            .add(onlyIf(columns))
            .add(")");
  }

  private static SqlText attemptColumns(String alias, TaskRunCondition condition) {
    SqlText text = new SqlText();
    if (condition.worker() != null) {
      text.add(" AND " + alias + ".worker = ?").bind(condition.worker());
    }
    String prefix = condition.errorPrefix();
    return prefix == null ? text : text.add(beginning(alias + ".error", prefix));
  }

  // ---- text

  /** These conditions, of which each begins with AND, as one that no index serves. */
  private static SqlText onlyIf(SqlText conditions) {
    return conditions.isEmpty()
        ? conditions
        : new SqlText().add(" AND CASE WHEN true").add(conditions).add(" THEN true ELSE false END");
  }

  /** The part of a prefix that an index of the beginnings of errors contains. */
  private static String head(String prefix) {
    int points = prefix.codePointCount(0, prefix.length());
    return points <= Dialect.BEGINNING
        ? prefix
        : prefix.substring(0, prefix.offsetByCodePoints(0, Dialect.BEGINNING));
  }

  private static SqlText beginning(String column, String prefix) {
    SqlText text = new SqlText().add(" AND " + column + " >= ?").bind(prefix);
    String end = endOf(prefix);
    return end == null ? text : text.add(" AND " + column + " < ?").bind(end);
  }

  /**
   * The least text, by code points, that is greater than all texts with this prefix; null if there
   * is none.
   */
  static @Nullable String endOf(String prefix) {
    int end = prefix.length();
    while (end > 0) {
      int last = prefix.codePointBefore(end);
      end -= Character.charCount(last);
      if (last < Character.MAX_CODE_POINT) {
        // The code points of surrogates are no characters.
        int next = last + 1 == Character.MIN_SURROGATE ? Character.MAX_SURROGATE + 1 : last + 1;
        return prefix.substring(0, end) + Character.toString(next);
      }
    }
    return null;
  }
}
