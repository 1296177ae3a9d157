package dev.waymark.core.model;

import java.util.Set;

/**
 * States of an execution. An execution begins in PENDING.
 *
 * @since 0.1.0
 */
public enum ExecutionState implements State {
  /** Created; no task has started. */
  PENDING,
  /** In progress. */
  RUNNING,
  /** Paused: no task run starts until the execution is RUNNING again. */
  PAUSED,
  /** Cancellation was requested; live attempts are being ended. */
  CANCELLING,
  /** Ended: every task run succeeded or was skipped as its workflow allows. */
  SUCCEEDED,
  /** Ended: at least one task run failed. */
  FAILED,
  /** Ended by cancellation before it completed. */
  CANCELLED;

  /** The states to which this state may move; empty for a terminal state. */
  public Set<ExecutionState> moves() {
    return switch (this) {
      case PENDING -> Set.of(RUNNING, PAUSED, CANCELLING, CANCELLED);
      case RUNNING -> Set.of(PAUSED, CANCELLING, SUCCEEDED, FAILED);
      case PAUSED -> Set.of(RUNNING, CANCELLING, CANCELLED);
      case CANCELLING -> Set.of(CANCELLED);
      case SUCCEEDED, FAILED, CANCELLED -> Set.of();
    };
  }

  /** Whether the table of moves allows a move from this state to {@code to}. */
  public boolean canMoveTo(ExecutionState to) {
    return moves().contains(to);
  }

  @Override
  public boolean isTerminal() {
    return moves().isEmpty();
  }
}
