package dev.waymark.core.model;

import java.util.Set;

/**
 * States of an attempt. It begins RUNNING, and only the last attempt of a task run may be RUNNING.
 */
public enum AttemptState implements State {
  /** A worker is at it. */
  RUNNING,
  /** Ended well. */
  SUCCEEDED,
  /** Ended with an error, a non-zero exit code or a time-out. */
  FAILED,
  /** Ended because it was asked to. */
  CANCELLED,
  /** Its worker is gone; how it ended is not known. */
  LOST;

  /** The states that a move may lead to from here; empty for a terminal state. */
  public Set<AttemptState> moves() {
    return switch (this) {
      case RUNNING -> Set.of(SUCCEEDED, FAILED, CANCELLED, LOST);
      case SUCCEEDED, FAILED, CANCELLED, LOST -> Set.of();
    };
  }

  /** Whether the table has a move from here to {@code to}. */
  public boolean canMoveTo(AttemptState to) {
    return moves().contains(to);
  }

  @Override
  public boolean isTerminal() {
    return moves().isEmpty();
  }
}
