package dev.waymark.jdbc.internal.sql;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * For how long one thing is tried again and again. The pauses between the tries double up to a
 * bound and are a matter of chance within it, so that processes that collided do not do so again in
 * step. Not thread-safe.
 */
public final class Patience {
  private static final long FIRST_PAUSE_NANOS = 1_000_000;
  private static final long LONGEST_PAUSE_NANOS = 500_000_000;

  private final long begin = System.nanoTime();
  private final long longestNanos;
  private long pauseNanos = FIRST_PAUSE_NANOS;

  /** Patience that begins now and lasts this long. */
  public Patience(Duration longest) {
    this.longestNanos = longest.toNanos();
  }

  /** Whether the time is up. */
  public boolean isOver() {
    return System.nanoTime() - begin >= longestNanos;
  }

  /**
   * Waits before the next try; false, at once, when the time is up. An interrupt does not end the
   * wait: a caller must hear what became of its change set, and finds its flag set afterwards.
   */
  public boolean pause() {
    if (isOver()) {
      return false;
    }
    long end = System.nanoTime() + ThreadLocalRandom.current().nextLong(pauseNanos / 2, pauseNanos);
    pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
    boolean interrupted = false;
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(this, left);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return true;
  }
}
