package dev.waymark.testkit;

import dev.waymark.core.model.Execution;
import dev.waymark.core.query.Cursor;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Order;
import org.jspecify.annotations.Nullable;

/** Selects the executions that match a query, and those of them that follow a cursor. */
final class ExecutionFilter {
  private ExecutionFilter() {}

  static boolean matches(Execution execution, ExecutionQuery query) {
    return (query.states().isEmpty() || query.states().contains(execution.state()))
        && (query.workflowId() == null || query.workflowId().equals(execution.workflowId()))
        && execution.labels().entrySet().containsAll(query.labels().entrySet())
        && (query.since() == null || !execution.createdAt().isBefore(query.since()))
        && (query.until() == null || execution.createdAt().isBefore(query.until()));
  }

  static boolean isAfter(Execution execution, @Nullable Cursor cursor) {
    if (cursor == null) {
      return true;
    }
    int byTime = execution.createdAt().compareTo(cursor.createdAt());
    int place = byTime != 0 ? byTime : execution.id().compareTo(cursor.id());
    return cursor.order() == Order.OLDEST ? place > 0 : place < 0;
  }
}
