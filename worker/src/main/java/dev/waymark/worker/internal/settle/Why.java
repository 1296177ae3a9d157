package dev.waymark.worker.internal.settle;

import dev.waymark.core.store.DueReason;
import org.jspecify.annotations.Nullable;

/**
 * Why an execution is settled.
 *
 * @param end the end of an attempt that is to be recorded, or null
 * @param due the reason for which the execution is due, or null
 */
public record Why(@Nullable End end, @Nullable DueReason due) {
  /** Nothing moves the execution, although nobody has said that it is due. */
  public static final Why STALLED = new Why(null, null);

  /** An attempt has ended. */
  public static Why ended(End end) {
    return new Why(end, null);
  }

  /** The execution is due. */
  public static Why due(DueReason reason) {
    return new Why(null, reason);
  }

  boolean isOverdue() {
    return due == DueReason.DEADLINE;
  }
}
