package dev.waymark.core.model;

import java.util.Objects;

/**
 * The parent of an execution that is a child: the task run that started it. It is set when the
 * child is created and never changes. A parent exists before its children, so there are no cycles.
 *
 * @param taskRunId the task run that started the child
 * @param executionId the execution of this task run
 * @param policy what becomes of the child when the execution of its parent is cancelled or fails
 * @param depth how many ancestors the child has: 1 when the execution of its parent is no child
 * @since 0.1.0
 */
public record Parent(TaskRunId taskRunId, ExecutionId executionId, ChildPolicy policy, int depth) {
  /** Rejects null. */
  public Parent {
    Objects.requireNonNull(taskRunId, "task run id");
    Objects.requireNonNull(executionId, "execution id");
    Objects.requireNonNull(policy, "policy");
  }
}
