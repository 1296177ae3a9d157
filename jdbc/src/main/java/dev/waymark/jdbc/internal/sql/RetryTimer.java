package dev.waymark.jdbc.internal.sql;

import dev.waymark.core.internal.Backoff;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * For how long a call of a SQL backend is retried, and the {@link Backoff} between its tries. The
 * first failure is retried even if the try alone took longer than that: an answer that a proxy or a
 * network has lost is noticed only after the time-out of the connection. Not thread-safe.
 */
public final class RetryTimer {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

  private final Backoff backoff;
  private boolean mayRetry;

  /** A retry limit that begins now and lasts this long; zero allows no retry. */
  public RetryTimer(Duration longest) {
    this.backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE, longest);
    this.mayRetry = !longest.isZero();
  }

  /** Whether the time has passed. */
  public boolean isOver() {
    return backoff.isOver();
  }

  /**
   * Waits before the next try; returns false, at once, when the time has passed and this is not the
   * first retry. An interrupt does not end the wait: the caller must receive the outcome of its
   * change set. Its flag is set afterwards.
   */
  public boolean pause() {
    if (isOver() && !mayRetry) {
      return false;
    }
    mayRetry = false;
    Backoff.sleep(backoff.nextNanos(), TimeUnit.NANOSECONDS);
    return true;
  }
}
