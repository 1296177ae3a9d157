package dev.waymark.core.model;

import java.util.Set;

/**
 * States of an attempt. An attempt begins in RUNNING. Only the last attempt of a task run may be
 * RUNNING.
 *
 * @since 0.1.0
 */
public enum AttemptState implements State {
  /** A worker runs the attempt. */
  RUNNING,
  /** Ended with success. */
  SUCCEEDED,
  /** Ended with an error, a non-zero exit code or a time-out. */
  FAILED,
  /** Ended because cancellation was requested. */
  CANCELLED,
  /** Its worker was lost; the result of the attempt is not known. */
  LOST;

  /** The states to which this state may move; empty for a terminal state. */
  public Set<AttemptState> moves() {
    return switch (this) {
      case RUNNING -> Set.of(SUCCEEDED, FAILED, CANCELLED, LOST);
      case SUCCEEDED, FAILED, CANCELLED, LOST -> Set.of();
    };
  }

  /** Whether the table of moves allows a move from this state to {@code to}. */
  public boolean canMoveTo(AttemptState to) {
    return moves().contains(to);
  }

  @Override
  public boolean isTerminal() {
    return moves().isEmpty();
  }
}
