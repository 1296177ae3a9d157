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
 * Which executions to list, in which order, and which part of the list. All conditions must hold.
 *
 * @param states any of these states; empty for every state
 * @param workflowId of this workflow, or null for every workflow
 * @param labels with all of these labels
 * @param since created at or after this time, or null
 * @param until created before this time, or null
 * @param order the order
 * @param offset how many executions to pass over; 0 when {@code after} is given
 * @param limit how many to return at the most, from 1 to the store's {@code Limits#maxPageSize()};
 *     null for its {@code Limits#defaultPageSize()}
 * @param after begin just after this place, or null; its order must be the order of the query
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
   * Checks the conditions against each other; time bounds become whole microseconds without a
   * change of meaning.
   *
   * @throws InvalidInputException when offset or limit is out of range, offset and cursor are both
   *     given, or the cursor is of the other order
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
          "offset " + offset + " was given together with a cursor; give one of them");
    }
    if (after != null && after.order() != order) {
      throw new InvalidInputException(
          "the cursor belongs to a list in order "
              + after.order()
              + ", but the query asks for "
              + order
              + "; ask for the order of the cursor");
    }
  }

  /** Every execution, oldest first, from the first, with the store's default page size. */
  public static ExecutionQuery all() {
    return builder().build();
  }

  /** Begins a query that has no conditions yet. */
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

    /** Only executions with this label; several labels must all be there. */
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

    /** How many executions to pass over. */
    public Builder offset(long offset) {
      this.offset = offset;
      return this;
    }

    /** How many executions to return at the most. */
    public Builder limit(int limit) {
      this.limit = limit;
      return this;
    }

    /** Begin just after this place. */
    public Builder after(@Nullable Cursor cursor) {
      this.after = cursor;
      return this;
    }

    /**
     * The query.
     *
     * @throws InvalidInputException as the constructor
     */
    public ExecutionQuery build() {
      return new ExecutionQuery(
          states, workflowId, labels, since, until, order, offset, limit, after);
    }
  }
}
