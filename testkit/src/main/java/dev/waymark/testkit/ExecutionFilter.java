package dev.waymark.testkit;

import dev.waymark.core.internal.read.Questions;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.query.Cursor;
import dev.waymark.core.query.ExecutionConditions;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.LabelCondition;
import dev.waymark.core.query.Order;
import dev.waymark.core.query.Page;
import dev.waymark.core.query.TaskRunCondition;
import dev.waymark.core.store.Limits;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers queries for executions. */
final class ExecutionFilter {
  private static final Comparator<Execution> OLDEST_FIRST =
      Comparator.comparing(Execution::createdAt).thenComparing(Execution::id);

  private final Records records;
  private final Limits limits;

  ExecutionFilter(Records records, Limits limits) {
    this.records = records;
    this.limits = limits;
  }

  /** The page that a query asks for, with at most so many executions. */
  Page<Execution> page(ExecutionQuery query, int limit) {
    Questions.checkConditions(query.conditions(), limits);
    Collection<Execution> all = records.executions.values();
    Comparator<Execution> order =
        query.order() == Order.OLDEST ? OLDEST_FIRST : OLDEST_FIRST.reversed();
    List<Execution> matching = all.stream().filter(e -> matches(e, query)).sorted(order).toList();
    List<Execution> rest =
        matching.stream().filter(e -> isAfter(e, query.after())).skip(query.offset()).toList();
    List<Execution> items = rest.stream().limit(limit).toList();
    @Nullable Cursor next =
        items.size() < rest.size()
            ? Cursor.after(items.get(items.size() - 1), query.order())
            : null;
    @Nullable Long offset = query.after() == null ? (Long) query.offset() : null;
    return new Page<>(items, matching.size(), offset, limit, next);
  }

  private boolean matches(Execution execution, ExecutionQuery query) {
    ExecutionConditions conditions = query.conditions();
    return (conditions.states().isEmpty() || conditions.states().contains(execution.state()))
        && (conditions.workflowId() == null
            || conditions.workflowId().equals(execution.workflowId()))
        && execution.labels().entrySet().containsAll(conditions.labels().entrySet())
        && conditions.labelConditions().stream().allMatch(c -> matches(execution, c))
        && isBetween(conditions.since(), execution.createdAt(), conditions.until())
        && isBetween(conditions.endedSince(), execution.endedAt(), conditions.endedUntil())
        && matches(execution, conditions.taskRun())
        && (conditions.parent() == null
            || (execution.parent() != null
                && execution.parent().executionId().equals(conditions.parent())));
  }

  private static boolean isBetween(
      @Nullable Instant since, @Nullable Instant time, @Nullable Instant until) {
    if (time == null) {
      return since == null && until == null;
    }
    return (since == null || !time.isBefore(since)) && (until == null || time.isBefore(until));
  }

  private static boolean matches(Execution execution, LabelCondition condition) {
    String value = execution.labels().get(condition.name());
    if (value == null) {
      return false;
    } else if (condition instanceof LabelCondition.AnyOf anyOf) {
      return anyOf.values().contains(value);
    }
    return !(condition instanceof LabelCondition.StartsWith starts)
        || value.startsWith(starts.prefix());
  }

  private boolean matches(Execution execution, @Nullable TaskRunCondition condition) {
    return condition == null
        || records.taskRuns.values().stream()
            .anyMatch(run -> run.executionId().equals(execution.id()) && matches(run, condition));
  }

  private boolean matches(TaskRun run, TaskRunCondition condition) {
    int number = run.lastAttempt();
    Attempt newest = number == 0 ? null : records.attempts.get(new AttemptId(run.id(), number));
    String worker = newest == null ? null : newest.worker();
    String error = newest == null ? null : newest.error();
    return (condition.states().isEmpty() || condition.states().contains(run.state()))
        && (condition.taskId() == null || condition.taskId().equals(run.taskId()))
        && (condition.worker() == null || condition.worker().equals(worker))
        && (condition.errorPrefix() == null
            || (error != null && error.startsWith(condition.errorPrefix())));
  }

  private static boolean isAfter(Execution execution, @Nullable Cursor cursor) {
    if (cursor == null) {
      return true;
    }
    int byTime = execution.createdAt().compareTo(cursor.createdAt());
    int place = byTime != 0 ? byTime : execution.id().compareTo(cursor.id());
    return cursor.order() == Order.OLDEST ? place > 0 : place < 0;
  }
}
