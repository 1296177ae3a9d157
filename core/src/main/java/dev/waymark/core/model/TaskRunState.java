package dev.waymark.core.model;

import java.util.Set;

/**
 * States of a task run. A task run begins in PENDING.
 *
 * @since 0.1.0
 */
public enum TaskRunState implements State {
  /** Created; not started yet. */
  PENDING,
  /** An attempt is live, or is about to start. */
  RUNNING,
  /** The last attempt did not succeed; a retry follows. */
  RETRYING,
  /**
   * Waits for a time or for something outside. It has no live attempt, and holds no worker, no
   * lease and no slot of a pool. If it is made ready with a delay, that is a timer: the next
   * attempt may start when the delay is over.
   */
  WAITING,
  /** Ended: an attempt succeeded. */
  SUCCEEDED,
  /** Ended: no attempt succeeded, and no retry follows. */
  FAILED,
  /** Ended by cancellation. */
  CANCELLED,
  /** Ended without an attempt because of the result of another task. */
  SKIPPED;

  /** The states to which this state may move; empty for a terminal state. */
  public Set<TaskRunState> moves() {
    return switch (this) {
      case PENDING -> Set.of(RUNNING, WAITING, CANCELLED, SKIPPED);
      case RUNNING -> Set.of(RETRYING, WAITING, SUCCEEDED, FAILED, CANCELLED);
      case RETRYING -> Set.of(RUNNING, FAILED, CANCELLED);
      case WAITING -> Set.of(PENDING, RUNNING, SUCCEEDED, FAILED, CANCELLED, SKIPPED);
      case SUCCEEDED, FAILED, CANCELLED, SKIPPED -> Set.of();
    };
  }

  /**
   * Whether a task run in this state starts when a worker claims it: PENDING, RETRYING, WAITING.
   */
  public boolean isStartable() {
    return this == PENDING || this == RETRYING || this == WAITING;
  }

  /** Whether the table of moves allows a move from this state to {@code to}. */
  public boolean canMoveTo(TaskRunState to) {
    return moves().contains(to);
  }

  @Override
  public boolean isTerminal() {
    return moves().isEmpty();
  }
}
