package dev.waymark.core.internal.decide;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskId;

/** The key of a task run: an execution has one task run for each task. */
public record TaskKey(ExecutionId executionId, TaskId taskId) {}
