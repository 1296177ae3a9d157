package dev.waymark.core.model;

/**
 * What becomes of a child when the execution of its parent is cancelled or fails.
 *
 * @since 0.1.0
 */
public enum ChildPolicy {
  /** The child is cancelled too. */
  CANCEL,
  /** The child goes on. */
  ABANDON
}
