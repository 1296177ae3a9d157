package dev.waymark.jdbc.internal.read;

import dev.waymark.core.model.TaskRunId;

/**
 * A ready task run that a claim has picked.
 *
 * @param taskRun the task run
 * @param pool the pool in which it was ready
 * @param priority its priority
 * @param readyAt since when it is ready, in microseconds since 1970-01-01T00:00:00Z
 */
public record Picked(TaskRunId taskRun, String pool, int priority, long readyAt) {}
