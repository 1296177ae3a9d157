package dev.waymark.core.model;

import java.util.Set;

/** States of a task run. It begins PENDING. */
public enum TaskRunState implements State {
  /** Created; waits for its turn. */
  PENDING,
  /** An attempt is, or is about to be, live. */
  RUNNING,
  /** The last attempt did not succeed; another one will follow. */
  RETRYING,
  /** Ended: an attempt succeeded. */
  SUCCEEDED,
  /** Ended: no attempt succeeded and none will follow. */
  FAILED,
  /** Ended on request. */
  CANCELLED,
  /** Ended without an attempt, because of how another task ended. */
  SKIPPED;

  /** The states that a move may lead to from here; empty for a terminal state. */
  public Set<TaskRunState> moves() {
    return switch (this) {
      case PENDING -> Set.of(RUNNING, CANCELLED, SKIPPED);
      case RUNNING -> Set.of(RETRYING, SUCCEEDED, FAILED, CANCELLED);
      case RETRYING -> Set.of(RUNNING, FAILED, CANCELLED);
      case SUCCEEDED, FAILED, CANCELLED, SKIPPED -> Set.of();
    };
  }

  /** Whether the table has a move from here to {@code to}. */
  public boolean canMoveTo(TaskRunState to) {
    return moves().contains(to);
  }

  @Override
  public boolean isTerminal() {
    return moves().isEmpty();
  }
}
