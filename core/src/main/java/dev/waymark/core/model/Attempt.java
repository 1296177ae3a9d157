package dev.waymark.core.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One try of a task run, as the store holds it. Times have microsecond precision.
 *
 * @param id task run and number
 * @param state its current state
 * @param worker the name of the worker that runs it
 * @param startedAt when the attempt was recorded
 * @param endedAt when it ended, or null while it runs
 * @param exitCode the exit code of its process, or null
 * @param error why it did not succeed, or null
 * @since 0.1.0
 */
public record Attempt(
    AttemptId id,
    AttemptState state,
    String worker,
    Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable Integer exitCode,
    @Nullable String error) {

  /** The number of the attempt, from 1. */
  public int number() {
    return id.number();
  }
}
