package dev.waymark.core.model;

import java.util.Set;

/** States of an execution. It begins PENDING. */
public enum ExecutionState implements State {
  /** Created; no task has begun. */
  PENDING,
  /** Being worked on. */
  RUNNING,
  /** Held: no task run starts until it runs again. */
  PAUSED,
  /** Asked to stop; live attempts are being ended. */
  CANCELLING,
  /** Ended: every task run succeeded or was skipped as planned. */
  SUCCEEDED,
  /** Ended: at least one task run failed. */
  FAILED,
  /** Ended on request before it was done. */
  CANCELLED;

  /** The states that a move may lead to from here; empty for a terminal state. */
  public Set<ExecutionState> moves() {
    return switch (this) {
      case PENDING -> Set.of(RUNNING, PAUSED, CANCELLING, CANCELLED);
      case RUNNING -> Set.of(PAUSED, CANCELLING, SUCCEEDED, FAILED);
      case PAUSED -> Set.of(RUNNING, CANCELLING, CANCELLED);
      case CANCELLING -> Set.of(CANCELLED);
      case SUCCEEDED, FAILED, CANCELLED -> Set.of();
    };
  }

  /** Whether the table has a move from here to {@code to}. */
  public boolean canMoveTo(ExecutionState to) {
    return moves().contains(to);
  }

  @Override
  public boolean isTerminal() {
    return moves().isEmpty();
  }
}
