package dev.waymark.core.store;

import dev.waymark.core.model.RecordRef;

/**
 * What one change of a committed change set came to.
 *
 * @param record the record that was changed; for a new attempt the attempt with its number
 * @param version the version of the execution or task run, the revision of the workflow, or the
 *     number of the attempt, after the change; 0 for what has no version
 * @param changed false where the record was already as asked: a workflow saved again with the same
 *     content, a record created again by the same request; and where a lease was not renewed
 *     because the attempt is not live ({@link Change.RenewLease#ifLive()}). Then the version is the
 *     number of the newest attempt of the task run: the same number says that the attempt has
 *     ended, is LOST or has no lease; a greater one that another attempt has followed; a smaller
 *     one, 0 included, that there is no such attempt
 */
public record Outcome(RecordRef record, long version, boolean changed) {}
