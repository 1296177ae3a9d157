package dev.waymark.testkit;

import dev.waymark.core.model.Execution;
import dev.waymark.core.query.Cursor;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Order;
import dev.waymark.core.query.Page;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers queries for executions. */
final class ExecutionFilter {
  private static final Comparator<Execution> OLDEST_FIRST =
      Comparator.comparing(Execution::createdAt).thenComparing(Execution::id);

  private ExecutionFilter() {}

  /** The page of these executions that a query asks for, with at most so many of them. */
  static Page<Execution> page(Collection<Execution> all, ExecutionQuery query, int limit) {
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

  private static boolean matches(Execution execution, ExecutionQuery query) {
    return (query.states().isEmpty() || query.states().contains(execution.state()))
        && (query.workflowId() == null || query.workflowId().equals(execution.workflowId()))
        && execution.labels().entrySet().containsAll(query.labels().entrySet())
        && (query.since() == null || !execution.createdAt().isBefore(query.since()))
        && (query.until() == null || execution.createdAt().isBefore(query.until()));
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
