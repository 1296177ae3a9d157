package dev.waymark.worker.internal.base;

import java.time.Duration;

/**
 * Determines when a repeated action is due, by the monotonic clock. It is due for the first time at
 * once. Belongs to one thread.
 */
public final class Interval {
  private final Duration length;
  private long nextNanos = System.nanoTime();

  public Interval(Duration length) {
    this.length = length;
  }

  public boolean isDue() {
    return nanosLeft() <= 0;
  }

  public long nanosLeft() {
    return nextNanos - System.nanoTime();
  }

  /** Restarts after the action: it is due again after a whole interval from now. */
  public void restart() {
    nextNanos = System.nanoTime() + length.toNanos();
  }

  /** Makes the action due at once. */
  public void dueNow() {
    nextNanos = System.nanoTime();
  }

  /** Makes the action due after this delay, unless it is due earlier. */
  public void dueWithin(Duration pause) {
    if (pause.compareTo(length) < 0) {
      long then = System.nanoTime() + pause.toNanos();
      nextNanos = then - nextNanos < 0 ? then : nextNanos;
    }
  }
}
