package dev.waymark.core.store;

/**
 * Why a worker is to examine an execution.
 *
 * @since 0.1.0
 */
public enum DueReason {
  /** Records of the execution changed, and the decisions that follow may not have been made yet. */
  SETTLE,
  /** Its time-out has passed. */
  DEADLINE,
  /**
   * It is a child to be cancelled, because the execution of its parent is being cancelled, was
   * cancelled or has failed.
   */
  CANCEL
}
