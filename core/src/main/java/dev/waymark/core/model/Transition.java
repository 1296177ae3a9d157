package dev.waymark.core.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One change of state, recorded in the commit that made the change.
 *
 * @param sequence position in the history of its execution: 1, 2, 3 … without gaps. Transitions are
 *     in the order of commits, and within a commit in the order of its changes
 * @param record the execution, task run or attempt that moved
 * @param from the state before, or null when the record was created
 * @param to the state after
 * @param at time of the commit, with microsecond precision
 * @since 0.1.0
 */
public record Transition(
    long sequence, RecordRef record, @Nullable State from, State to, Instant at) {}
