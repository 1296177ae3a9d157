package dev.waymark.runner.internal.base;

import java.time.Duration;

/**
 * Says when something is to be done that is done from time to time, by the monotonic clock; for the
 * first time at once. Belongs to one thread.
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

  /** It has been done: the next time is a whole interval from now. */
  public void restart() {
    nextNanos = System.nanoTime() + length.toNanos();
  }

  /** It is to be done at once. */
  public void dueNow() {
    nextNanos = System.nanoTime();
  }

  /** It is to be done after this pause, unless it is due earlier. */
  public void dueWithin(Duration pause) {
    if (pause.compareTo(length) < 0) {
      long then = System.nanoTime() + pause.toNanos();
      nextNanos = then - nextNanos < 0 ? then : nextNanos;
    }
  }
}
