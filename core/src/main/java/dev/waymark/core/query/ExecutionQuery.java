package dev.waymark.core.query;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.internal.Times;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.WorkflowId;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
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
 * @param states the execution has one of these states; empty for every state
 * @param workflowId the execution belongs to this workflow; null for every workflow
 * @param labels the execution has all of these labels
 * @param since the execution was created at or after this time; null for no bound
 * @param until the execution was created before this time; null for no bound
 * @param order the order of the list
 * @param offset number of executions to skip; 0 when {@code after} is given
 * @param limit maximum number of executions to return, from 1 to {@code Limits.maxPageSize()}; null
 *     for {@code Limits.defaultPageSize()}
 * @param after the cursor after which to begin, or null; its order must be the order of the query
 * @since 0.1.0
 */
public record ExecutionQuery(
    Set<ExecutionState> states,
    @Nullable WorkflowId workflowId,
    Map<String, String> labels,
    @Nullable Instant since,
    @Nullable Instant until,
    Order order,
    long offset,
    @Nullable Integer limit,
    @Nullable Cursor after) {

  /**
   * Checks the conditions and their combination. Rounds time bounds to whole microseconds; this
   * does not change which executions match.
   *
   * @throws InvalidInputException when offset or limit is out of range, when offset and cursor are
   *     both given, or when the cursor belongs to the other order
   */
  public ExecutionQuery {
    states = states.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(states));
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    labels.forEach(
        (name, value) ->
            Text.wellFormed(
                "label " + Text.quote(name), Text.wellFormed("label name", name) + value));
    since = since == null ? null : Times.bound(since);
    until = until == null ? null : Times.bound(until);
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
    return new ExecutionQuery(states, workflowId, labels, since, until, order, 0, limit, cursor);
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
    private @Nullable Instant since;
    private @Nullable Instant until;
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
     * @throws InvalidInputException in the same cases as the constructor
     */
    public ExecutionQuery build() {
      return new ExecutionQuery(
          states, workflowId, labels, since, until, order, offset, limit, after);
    }
  }
}
