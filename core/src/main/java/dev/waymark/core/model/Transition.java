package dev.waymark.core.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One change of state, recorded in the same commit that made it.
 *
 * @param sequence position in the history of its execution: 1, 2, 3 … without gaps, in the order of
 *     commits and within a commit in the order of its changes
 * @param record the execution, task run or attempt that moved
 * @param from the state before, null where the record was created
 * @param to the state after
 * @param at time of the commit, to the microsecond
 */
public record Transition(
    long sequence, RecordRef record, @Nullable State from, State to, Instant at) {}
