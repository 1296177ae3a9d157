package dev.waymark.runner.api;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.WorkflowId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The attempt that a {@link TaskHandler} runs, with its inputs and outputs. Thread-safe.
 *
 * @since 0.1.0
 */
public interface TaskContext {

  /** The execution. */
  ExecutionId executionId();

  /** The workflow. */
  WorkflowId workflowId();

  /** The task. */
  TaskId taskId();

  /** The number of the attempt, from 1. */
  int attempt();

  /**
   * The idempotency key: the same in all attempts of this task of this execution. With it, the
   * handler can make its effects outside the store happen once.
   */
  String idempotencyKey();

  /** The inputs of the execution, by name. */
  Map<String, String> inputs();

  /** The arguments of {@code with:}, by name. */
  Map<String, String> with();

  /** The outputs of the tasks that this one needs, by task and name. */
  Map<TaskId, Map<String, String>> needs();

  /**
   * Returns one output of a task that this one needs.
   *
   * @throws InvalidInputException when that task has no output of this name, or this task does not
   *     need it
   */
  default String need(String task, String output) {
    String value = needs().getOrDefault(new TaskId(task), Map.of()).get(output);
    if (value == null) {
      throw new InvalidInputException(
          "task "
              + taskId()
              + " has no output "
              + Text.quote(output)
              + " of task "
              + Text.quote(task)
              + "; the outputs of its needs are "
              + needs());
    }
    return value;
  }

  /**
   * How the stages before that of this task ended, the same as {@code WAYMARK_RESULT} for a
   * process: SUCCEEDED, FAILED, TIMED_OUT or CANCELLED. It is null for a task that belongs neither
   * to {@code on-failure} nor to {@code finally}.
   */
  default @Nullable String result() {
    return null;
  }

  /** The failed tasks of the earlier stages, in the order of the file. */
  default List<TaskId> failedTasks() {
    return List.of();
  }

  /**
   * Sets an output for the tasks that need this one. They receive it when the attempt has
   * succeeded. A later value of the same name replaces the earlier one.
   *
   * @throws dev.waymark.core.error.InvalidInputException when the name is not a valid output name,
   *     or the value is not well-formed text
   */
  void output(String name, String value);

  /** Writes a line to the log of the attempt. */
  void log(String line);

  /** Whether the attempt must end. The thread has then been interrupted. */
  boolean isStopped();
}
