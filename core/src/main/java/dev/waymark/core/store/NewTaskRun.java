package dev.waymark.core.store;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import java.util.Objects;

/**
 * A task run to create. A second creation with the same id, execution and task changes nothing. A
 * second task run for the same task of the same execution is refused.
 *
 * @param id the id
 * @param executionId the execution that it belongs to
 * @param taskId the task
 * @since 0.1.0
 */
public record NewTaskRun(TaskRunId id, ExecutionId executionId, TaskId taskId) {
  /** Rejects null. */
  public NewTaskRun {
    Objects.requireNonNull(id, "task run id");
    Objects.requireNonNull(executionId, "execution id");
    Objects.requireNonNull(taskId, "task id");
  }
}
