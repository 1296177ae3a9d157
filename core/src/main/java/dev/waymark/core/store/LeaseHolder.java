package dev.waymark.core.store;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskId;
import java.time.Instant;

/**
 * A running task run that holds a lease, and therefore a slot of its pool.
 *
 * @param executionId its execution
 * @param taskId its task
 * @param attempt its live attempt
 * @param worker the worker that holds the lease
 * @param leaseUntil when the lease expires unless it is renewed, by the clock of the store
 * @param alive whether the lease has not expired and the worker, if it is registered, is alive
 * @since 0.1.0
 */
public record LeaseHolder(
    ExecutionId executionId,
    TaskId taskId,
    AttemptId attempt,
    String worker,
    Instant leaseUntil,
    boolean alive) {}
