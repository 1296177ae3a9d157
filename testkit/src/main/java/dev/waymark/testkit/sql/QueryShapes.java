package dev.waymark.testkit.sql;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.Cursor;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.LabelCondition;
import dev.waymark.core.query.Order;
import dev.waymark.core.query.TaskRunCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Queries of every shape that a list of executions can have, for tests that check the query plans
 * of the database.
 *
 * @since 0.1.0
 */
public final class QueryShapes {
  /** A workflow that the queries use. */
  public static final WorkflowId WORKFLOW = new WorkflowId("w1");

  private static final ExecutionId PARENT = ExecutionId.of("90000000-0000-0000-0000-000000000000");

  private static final List<Set<ExecutionState>> STATES =
      List.of(
          Set.of(),
          Set.of(ExecutionState.SUCCEEDED),
          Set.of(ExecutionState.PENDING, ExecutionState.FAILED));

  private final Instant since;
  private final Instant until;
  private final List<ExecutionQuery> queries = new ArrayList<>();

  private QueryShapes(Instant since, Instant until) {
    this.since = since;
    this.until = until;
  }

  /**
   * The queries, with these bounds of time where they have any. They filter by state and workflow,
   * and by none to two of the labels {@code team=data} and {@code tier=1}. They use both orders,
   * and start at the beginning, at a large offset and at a cursor.
   */
  public static List<ExecutionQuery> between(Instant since, Instant until) {
    QueryShapes shapes = new QueryShapes(since, until);
    for (Order order : Order.values()) {
      for (Set<ExecutionState> states : STATES) {
        for (int labels = 0; labels <= 2; labels++) {
          shapes.add(order, states, null, labels);
          shapes.add(order, states, WORKFLOW, labels);
        }
      }
    }
    return List.copyOf(shapes.queries);
  }

  /**
   * Queries with some of the conditions on labels, task runs, ends and parents each, alone and with
   * states, a workflow, an exact label and bounds of time, in both orders, from the beginning and
   * from a cursor.
   */
  public static List<ExecutionQuery> withConditions(Instant since, Instant until) {
    QueryShapes shapes = new QueryShapes(since, until);
    for (Order order : Order.values()) {
      for (Consumer<ExecutionQuery.Builder> condition : shapes.conditions()) {
        shapes.addConditions(order, condition);
      }
    }
    return List.copyOf(shapes.queries);
  }

  private List<Consumer<ExecutionQuery.Builder>> conditions() {
    TaskId task = new TaskId("t1");
    LabelCondition starts = LabelCondition.startsWith("team", "d");
    TaskRunCondition failed =
        TaskRunCondition.builder().states(TaskRunState.FAILED).task(task).worker("w").build();
    return List.of(
        query -> query.label(LabelCondition.exists("team")),
        query -> query.label(LabelCondition.anyOf("team", Set.of("data", "infra"))),
        query -> query.label(starts),
        query -> query.label(LabelCondition.startsWith("team", "")).taskRun(failed),
        query -> query.endedSince(since),
        query -> query.endedSince(since).endedUntil(until).label(starts),
        query -> query.endedUntil(until).taskRun(failed),
        query -> query.taskRun(failed),
        query -> query.taskRun(TaskRunCondition.builder().states(TaskRunState.FAILED).build()),
        query -> query.taskRun(TaskRunCondition.builder().states(TaskRunState.RUNNING).build()),
        query -> query.taskRun(TaskRunCondition.builder().task(task).worker("w").build()),
        query -> query.taskRun(TaskRunCondition.builder().errorPrefix("exit").build()),
        query ->
            query.taskRun(
                TaskRunCondition.builder()
                    .states(TaskRunState.FAILED, TaskRunState.RETRYING)
                    .task(task)
                    .worker("w")
                    .errorPrefix("e".repeat(100))
                    .build()),
        query -> query.parent(PARENT),
        query -> query.parent(PARENT).label(starts).taskRun(failed).endedSince(since));
  }

  private void addConditions(Order order, Consumer<ExecutionQuery.Builder> condition) {
    for (int with = 0; with < 5; with++) {
      ExecutionQuery.Builder query = ExecutionQuery.builder().order(order);
      condition.accept(query);
      query.states(with == 1 ? STATES.get(2) : Set.of()).workflow(with == 2 ? WORKFLOW : null);
      if (with == 3) {
        query.label("tier", "1");
      }
      query.since(with == 4 ? since : null).until(with == 4 ? until : null);
      queries.add(query.build());
      queries.add(query.after(cursor(order)).build());
    }
  }

  private void add(
      Order order, Set<ExecutionState> states, @Nullable WorkflowId workflow, int labels) {
    for (int bounds = 0; bounds < 4; bounds++) {
      ExecutionQuery.Builder query =
          ExecutionQuery.builder().order(order).states(states).workflow(workflow);
      query.since((bounds & 1) == 0 ? null : since).until((bounds & 2) == 0 ? null : until);
      if (labels >= 1) {
        query.label("team", "data");
      }
      if (labels >= 2) {
        query.label("tier", "1");
      }
      queries.add(query.build());
      queries.add(query.offset(1_000).build());
      queries.add(query.offset(0).after(cursor(order)).build());
    }
  }

  private Cursor cursor(Order order) {
    Instant middle = since.plus(Duration.between(since, until).dividedBy(2));
    return new Cursor(order, middle, ExecutionId.of("80000000-0000-0000-0000-000000000000"));
  }
}
