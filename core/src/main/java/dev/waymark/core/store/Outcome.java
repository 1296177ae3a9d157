package dev.waymark.core.store;

import dev.waymark.core.model.RecordRef;

/**
 * The result of one change of a committed change set.
 *
 * @param record the record of the change; for a new attempt, the attempt with its number
 * @param version after the change: the version of the execution or task run, the revision of the
 *     workflow, or the number of the attempt or the signal; the last one of a record that was
 *     deleted, or 0 when there was none; 0 for workers and pools
 * @param changed false when the record already had the requested content or state: a workflow saved
 *     again with the same content, a record created again by the same request, a signal sent again
 *     with the same key, or a record deleted again. Also false when a lease was not renewed because
 *     the attempt is not live ({@link Change.RenewLease#ifLive()}). In that case the version is the
 *     number of the newest attempt of the task run. The same number means that the attempt has
 *     ended, is LOST or has no lease. A greater number means that there is a newer attempt. A
 *     smaller number, including 0, means that there is no such attempt
 * @since 0.1.0
 */
public record Outcome(RecordRef record, long version, boolean changed) {}
