package dev.waymark.core.store;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A task run to create. A second creation with the same id, execution and task changes nothing, and
 * the input of the first stays. A second task run for the same task of the same execution is
 * refused.
 *
 * @param id the id
 * @param executionId the execution that it belongs to
 * @param taskId the task
 * @param input what its attempts get to work on, or null
 * @since 0.1.0
 */
public record NewTaskRun(
    TaskRunId id, ExecutionId executionId, TaskId taskId, @Nullable Payload input) {
  /** Rejects null, except as the input. */
  public NewTaskRun {
    Objects.requireNonNull(id, "task run id");
    Objects.requireNonNull(executionId, "execution id");
    Objects.requireNonNull(taskId, "task id");
  }

  /** A task run without an input. */
  public NewTaskRun(TaskRunId id, ExecutionId executionId, TaskId taskId) {
    this(id, executionId, taskId, null);
  }
}
