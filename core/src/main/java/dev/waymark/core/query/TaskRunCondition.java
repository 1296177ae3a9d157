package dev.waymark.core.query;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunState;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A condition on the task runs of an execution: one of them must match all parts at once.
 *
 * <p>Records have no class of an error, only its text. So the beginning of the text serves to find
 * errors of one kind: begin the errors of a kind with the same words.
 *
 * <p>The executions in which the task "charge" failed because of a time-out:
 *
 * <pre>{@code
 * ExecutionQuery query =
 *     ExecutionQuery.builder()
 *         .taskRun(
 *             TaskRunCondition.builder()
 *                 .states(TaskRunState.FAILED)
 *                 .task(new TaskId("charge"))
 *                 .errorPrefix("time-out: ")
 *                 .build())
 *         .build();
 * }</pre>
 *
 * @param states the task run has one of these states; empty for every state
 * @param taskId the task run belongs to this task; null for every task
 * @param worker the name of the worker of its newest attempt; null for any worker or no attempt. A
 *     store rejects a name over {@code Limits.maxWorkerBytes()}
 * @param errorPrefix its newest attempt has an error that begins with this text, compared character
 *     by character, without wildcards; empty for any error; null for any error or none. A store
 *     rejects one over {@code Limits.maxErrorBytes()}
 * @since 0.1.0
 */
public record TaskRunCondition(
    Set<TaskRunState> states,
    @Nullable TaskId taskId,
    @Nullable String worker,
    @Nullable String errorPrefix) {

  /**
   * Checks the parts.
   *
   * @throws InvalidInputException when no part is given, or a text contains NUL or a lone surrogate
   */
  public TaskRunCondition {
    states = states.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(states));
    if (states.isEmpty() && taskId == null && worker == null && errorPrefix == null) {
      throw new InvalidInputException(
          "the condition on task runs has no part; give a state, a task, a worker or the beginning"
              + " of an error");
    }
    if (worker != null) {
      Text.wellFormed("worker", worker);
    }
    if (errorPrefix != null) {
      Text.wellFormed("prefix of errors", errorPrefix);
    }
  }

  /** Begins a condition. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects the parts. Not thread-safe. */
  public static final class Builder {
    private Set<TaskRunState> states = Set.of();
    private @Nullable TaskId taskId;
    private @Nullable String worker;
    private @Nullable String errorPrefix;

    private Builder() {}

    /** The task run has one of these states. */
    public Builder states(TaskRunState... states) {
      return states(Set.copyOf(List.of(states)));
    }

    /** The task run has one of these states; none means every state. */
    public Builder states(Set<TaskRunState> states) {
      this.states = states;
      return this;
    }

    /** The task run belongs to this task. */
    public Builder task(@Nullable TaskId id) {
      this.taskId = id;
      return this;
    }

    /** The newest attempt of the task run belongs to this worker. */
    public Builder worker(@Nullable String name) {
      this.worker = name;
      return this;
    }

    /** The newest attempt of the task run has an error that begins with this text. */
    public Builder errorPrefix(@Nullable String prefix) {
      this.errorPrefix = prefix;
      return this;
    }

    /**
     * Builds the condition.
     *
     * @throws InvalidInputException in the same cases as the constructor
     */
    public TaskRunCondition build() {
      return new TaskRunCondition(states, taskId, worker, errorPrefix);
    }
  }
}
