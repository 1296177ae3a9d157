package dev.waymark.core.query;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.WorkflowId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A query for executions: conditions, order, and which part of the list to return. An execution
 * must match all conditions.
 *
 * <p>The failed executions of a workflow, newest first:
 *
 * <pre>{@code
 * ExecutionQuery query =
 *     ExecutionQuery.builder()
 *         .workflow(workflow)
 *         .states(ExecutionState.FAILED)
 *         .order(Order.NEWEST)
 *         .build();
 * long failed = store.executions(query).total();
 * }</pre>
 *
 * @param conditions what an execution must match
 * @param order the order of the list
 * @param offset number of executions to skip; 0 when {@code after} is given
 * @param limit maximum number of executions to return, from 1 to {@code Limits.maxPageSize()}; null
 *     for {@code Limits.defaultPageSize()}
 * @param after the cursor after which to begin, or null; its order must be the order of the query
 * @since 0.1.0
 */
public record ExecutionQuery(
    ExecutionConditions conditions,
    Order order,
    long offset,
    @Nullable Integer limit,
    @Nullable Cursor after) {

  /**
   * Checks which part of the list is asked for.
   *
   * @throws InvalidInputException when offset or limit is out of range, when offset and cursor are
   *     both given, or when the cursor belongs to the other order
   */
  public ExecutionQuery {
    if (offset < 0) {
      throw new InvalidInputException("offset " + offset + " is out of range; use 0 or more");
    }
    if (limit != null && limit < 1) {
      throw new InvalidInputException("limit " + limit + " is out of range; use 1 or more");
    }
    if (after != null && offset != 0) {
      throw new InvalidInputException(
          "offset " + offset + " is given together with a cursor; give only one of them");
    }
    if (after != null && after.order() != order) {
      throw new InvalidInputException(
          "the cursor belongs to a list in order "
              + after.order()
              + ", but the query asks for "
              + order
              + "; query in the order of the cursor");
    }
  }

  /**
   * Returns the query for all executions, oldest first, with the default page size of the store.
   */
  public static ExecutionQuery all() {
    return builder().build();
  }

  /**
   * Returns the query for the part of the list after a cursor of it, with the same limit.
   *
   * @throws InvalidInputException when the cursor belongs to the other order
   */
  public ExecutionQuery after(Cursor cursor) {
    return new ExecutionQuery(conditions, order, 0, limit, cursor);
  }

  /** The states of the conditions; empty for every state. */
  public Set<ExecutionState> states() {
    return conditions.states();
  }

  /** The workflow of the conditions; null for every workflow. */
  public @Nullable WorkflowId workflowId() {
    return conditions.workflowId();
  }

  /** The exact labels of the conditions. */
  public Map<String, String> labels() {
    return conditions.labels();
  }

  /** The earliest time of creation; null for no bound. */
  public @Nullable Instant since() {
    return conditions.since();
  }

  /** The time before which an execution was created; null for no bound. */
  public @Nullable Instant until() {
    return conditions.until();
  }

  /** Begins a query without conditions. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects the conditions. Not thread-safe. */
  public static final class Builder {
    private Set<ExecutionState> states = Set.of();
    private @Nullable WorkflowId workflowId;
    private final Map<String, String> labels = new TreeMap<>();
    private final List<LabelCondition> labelConditions = new ArrayList<>();
    private @Nullable Instant since;
    private @Nullable Instant until;
    private @Nullable Instant endedSince;
    private @Nullable Instant endedUntil;
    private @Nullable TaskRunCondition taskRun;
    private @Nullable ExecutionId parent;
    private Order order = Order.OLDEST;
    private long offset;
    private @Nullable Integer limit;
    private @Nullable Cursor after;

    private Builder() {}

    /** Only executions in one of these states. */
    public Builder states(ExecutionState... states) {
      return states(Set.of(states));
    }

    /** Only executions in one of these states; none means every state. */
    public Builder states(Set<ExecutionState> states) {
      this.states = states;
      return this;
    }

    /** Only executions of this workflow. */
    public Builder workflow(@Nullable WorkflowId id) {
      this.workflowId = id;
      return this;
    }

    /** Only executions with this label. Several labels must all match. */
    public Builder label(String name, String value) {
      this.labels.put(name, value);
      return this;
    }

    /** Only executions whose labels match this condition. Several conditions must all match. */
    public Builder label(LabelCondition condition) {
      this.labelConditions.add(condition);
      return this;
    }

    /** Only executions created at or after this time. */
    public Builder since(@Nullable Instant time) {
      this.since = time;
      return this;
    }

    /** Only executions created before this time. */
    public Builder until(@Nullable Instant time) {
      this.until = time;
      return this;
    }

    /** Only executions that ended at or after this time. */
    public Builder endedSince(@Nullable Instant time) {
      this.endedSince = time;
      return this;
    }

    /** Only executions that ended before this time. */
    public Builder endedUntil(@Nullable Instant time) {
      this.endedUntil = time;
      return this;
    }

    /** Only executions with a task run that matches this condition. */
    public Builder taskRun(@Nullable TaskRunCondition condition) {
      this.taskRun = condition;
      return this;
    }

    /** Only the children of this execution. */
    public Builder parent(@Nullable ExecutionId id) {
      this.parent = id;
      return this;
    }

    /** The order; oldest first by default. */
    public Builder order(Order order) {
      this.order = order;
      return this;
    }

    /** Number of executions to skip. */
    public Builder offset(long offset) {
      this.offset = offset;
      return this;
    }

    /** Maximum number of executions to return. */
    public Builder limit(int limit) {
      this.limit = limit;
      return this;
    }

    /** Begin directly after this cursor. */
    public Builder after(@Nullable Cursor cursor) {
      this.after = cursor;
      return this;
    }

    /**
     * Builds the query.
     *
     * @throws InvalidInputException in the same cases as the constructors of this class and of
     *     {@link ExecutionConditions}
     */
    public ExecutionQuery build() {
      ExecutionConditions conditions =
          new ExecutionConditions(
              states,
              workflowId,
              labels,
              labelConditions,
              since,
              until,
              endedSince,
              endedUntil,
              taskRun,
              parent);
      return new ExecutionQuery(conditions, order, offset, limit, after);
    }
  }
}
