package dev.waymark.runner.api;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.WorkflowId;
import org.jspecify.annotations.Nullable;

/**
 * An attempt that a runner is about to start.
 *
 * @param executionId its execution
 * @param workflowId the workflow
 * @param taskId its task, with the number of the iteration if that is not the first
 * @param attemptId its task run and its number
 * @param worker the name of the worker
 * @param parent the trace context with which the execution was started; null if it has none
 * @since 0.1.0
 */
public record AttemptStart(
    ExecutionId executionId,
    WorkflowId workflowId,
    TaskId taskId,
    AttemptId attemptId,
    String worker,
    @Nullable TraceContext parent) {}
