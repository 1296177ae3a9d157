package dev.waymark.runner.api;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.WorkflowId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a {@link TaskHandler} knows of the attempt that it runs. Thread-safe. */
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
   * The same in all attempts of this task of this execution: with it, what the handler does outside
   * of the store can be made to happen once.
   */
  String idempotencyKey();

  /** What the execution was started with, by the names of the inputs. */
  Map<String, String> inputs();

  /** The arguments of {@code with:}, by name. */
  Map<String, String> with();

  /** What the tasks that this one needs have given, by task and name. */
  Map<TaskId, Map<String, String>> needs();

  /**
   * What a task that this one needs has given under a name.
   *
   * @throws InvalidInputException when it has given nothing of that name, or is none that this one
   *     needs
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
              + "; its needs have given "
              + needs());
    }
    return value;
  }

  /**
   * How the stages before the one of this task ended, as {@code WAYMARK_RESULT} says to a process:
   * SUCCEEDED, FAILED, TIMED_OUT or CANCELLED. It is null for a task that belongs neither to {@code
   * on-failure} nor to {@code finally}.
   */
  default @Nullable String result() {
    return null;
  }

  /** The tasks of the stages before that failed, in the order of the file. */
  default List<TaskId> failedTasks() {
    return List.of();
  }

  /**
   * Gives something to the tasks that need this one, once the attempt has succeeded; a later value
   * of a name replaces the earlier.
   *
   * @throws dev.waymark.core.error.InvalidInputException when the name is none that an output can
   *     have, or the value is not well-formed text
   */
  void output(String name, String value);

  /** Writes a line to the log of the attempt. */
  void log(String line);

  /** Whether the attempt is to end; the thread has been interrupted then. */
  boolean isStopped();
}
