package dev.waymark.core.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One task of an execution, as the store holds it. Times have microsecond precision.
 *
 * @param id the id of the task run
 * @param executionId the execution that it belongs to
 * @param taskId the task; an execution has one task run per task
 * @param state its current state
 * @param version 1 when created; every change of state adds 1
 * @param lastAttempt number of the newest attempt, which is the fencing token; 0 while there is
 *     none
 * @param createdAt when it was created
 * @param startedAt when it first became RUNNING, or null
 * @param endedAt when it became terminal, or null
 * @since 0.1.0
 */
public record TaskRun(
    TaskRunId id,
    ExecutionId executionId,
    TaskId taskId,
    TaskRunState state,
    long version,
    int lastAttempt,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt) {}
