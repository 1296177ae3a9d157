package dev.waymark.runner.api;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import org.jspecify.annotations.Nullable;

/**
 * A child as it was when {@link TaskContext#awaitChild} returned it. If it had ended, it does not
 * change any more. Thread-safe.
 *
 * @since 0.1.0
 */
public interface ChildExecution {

  /** Its id. If the child was continued, that of the execution that continues it last. */
  ExecutionId id();

  /** Its state. */
  ExecutionState state();

  /** Whether it had ended. If not, the time-out of the wait was over. */
  default boolean hasEnded() {
    return state().isTerminal();
  }

  /** Why it failed or was cancelled; null if it did not. */
  @Nullable String error();

  /**
   * Its result: that of the execution, which a program with a graph of its own sets, or else that
   * of its only task. Null if it has neither.
   */
  @Nullable Payload result();

  /**
   * The same as a value, by the codec of the runner.
   *
   * @throws InvalidInputException when there is no result, it is no value of this type, or the
   *     runner has no codec
   */
  <T> T result(Class<T> type);

  /**
   * The result of one of its tasks, that of the newest iteration; null if it has none.
   *
   * @throws InvalidInputException when the child has no such task
   */
  @Nullable Payload resultOf(String task);

  /**
   * The same as a value, by the codec of the runner.
   *
   * @throws InvalidInputException when there is no such task or no result, it is no value of this
   *     type, or the runner has no codec
   */
  <T> T resultOf(String task, Class<T> type);
}
