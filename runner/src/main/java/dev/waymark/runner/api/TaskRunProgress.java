package dev.waymark.runner.api;

import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The state of a task run after a change.
 *
 * @param executionId its execution
 * @param taskRunId the task run
 * @param taskId its task, with the number of the iteration if that is not the first
 * @param state its current state
 * @param attempt number of its newest attempt, or 0 when there is none
 * @param attemptState the state of that attempt, or null when there is none
 * @param at time of the change, as recorded in the store
 * @param error why its newest attempt did not succeed, or null
 * @param retryAt in state RETRYING, the time when the next attempt may start; otherwise null
 * @since 0.1.0
 */
public record TaskRunProgress(
    ExecutionId executionId,
    TaskRunId taskRunId,
    TaskId taskId,
    TaskRunState state,
    int attempt,
    @Nullable AttemptState attemptState,
    Instant at,
    @Nullable String error,
    @Nullable Instant retryAt) {}
