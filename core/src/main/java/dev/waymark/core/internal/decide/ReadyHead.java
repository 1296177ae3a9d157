package dev.waymark.core.internal.decide;

import dev.waymark.core.model.TaskRunId;

/**
 * The data of a ready task run that decisions need.
 *
 * @param taskRun the task run
 * @param pool its pool
 * @param priority its priority
 * @param isAvailable whether it may be claimed now, by the clock of the store
 */
public record ReadyHead(TaskRunId taskRun, String pool, int priority, boolean isAvailable) {}
