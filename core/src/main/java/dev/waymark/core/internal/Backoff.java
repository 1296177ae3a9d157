package dev.waymark.core.internal;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The pauses between retries: exponential, with jitter, up to a longest pause and within a time
 * limit for all retries together. The length of a pause is random, between half of its bound and
 * the bound. So processes that failed at the same moment do not retry at the same moment.
 *
 * <p><b>Interrupts.</b> A thread whose interrupt flag is set does not block in {@link
 * LockSupport#parkNanos}, so a retry loop with a plain park becomes a busy loop. The pauses here
 * always last their whole time, and the flag is set afterwards. A loop that has to end early
 * because of an interrupt checks the flag itself.
 *
 * <p>Not thread-safe, except for {@link #sleep}.
 */
public final class Backoff {
  private final long begin = System.nanoTime();
  private final long firstNanos;
  private final long longestNanos;
  private final long limitNanos;
  private long boundNanos;

  /**
   * Starts the time limit now.
   *
   * @param first bound of the first pause; each further pause has twice the bound
   * @param longest the bound that no pause exceeds
   * @param limit how long to retry, from now on
   */
  public Backoff(Duration first, Duration longest, Duration limit) {
    this.firstNanos = Math.max(2, nanos(first));
    this.longestNanos = Math.max(firstNanos, nanos(longest));
    this.limitNanos = nanos(limit);
    this.boundNanos = firstNanos;
  }

  /** Pauses without a time limit. */
  public static Backoff endless(Duration first, Duration longest) {
    return new Backoff(first, longest, Duration.ofNanos(Long.MAX_VALUE));
  }

  private static long nanos(Duration duration) {
    boolean fits = duration.compareTo(Duration.ofNanos(Long.MAX_VALUE)) < 0;
    return fits ? duration.toNanos() : Long.MAX_VALUE;
  }

  /** Whether the time limit is reached. */
  public boolean isOver() {
    return System.nanoTime() - begin >= limitNanos;
  }

  /** The next pause, for a caller that schedules its retry; at least one nanosecond. */
  public long nextNanos() {
    long pause = ThreadLocalRandom.current().nextLong(boundNanos / 2, boundNanos);
    boundNanos = boundNanos > longestNanos / 2 ? longestNanos : 2 * boundNanos;
    return pause;
  }

  /** The retry succeeded: the next pause is the first again. The time limit stays. */
  public void reset() {
    boundNanos = firstNanos;
  }

  /**
   * Waits before the next retry. Returns false, without waiting, when the time limit is reached.
   */
  public boolean pause() {
    if (isOver()) {
      return false;
    }
    sleep(nextNanos(), TimeUnit.NANOSECONDS);
    return true;
  }

  /**
   * Waits for this time, even if the thread is interrupted. The interrupt flag is set afterwards.
   */
  public static void sleep(long time, TimeUnit unit) {
    long end = System.nanoTime() + unit.toNanos(time);
    boolean interrupted = Thread.interrupted();
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(Backoff.class, left);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
