package dev.waymark.core.query;

/**
 * The order of a list of executions: by time of creation, then by id, both in the same direction.
 *
 * @since 0.1.0
 */
public enum Order {
  /** The oldest first. */
  OLDEST,
  /** The newest first. */
  NEWEST
}
