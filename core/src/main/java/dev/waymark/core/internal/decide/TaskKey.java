package dev.waymark.core.internal.decide;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskId;

/** An execution has one task run per task. */
public record TaskKey(ExecutionId executionId, TaskId taskId) {}
