package dev.waymark.jdbc.internal.sql;

import dev.waymark.core.internal.Backoff;
import java.time.Duration;

/**
 * For how long a call of a SQL backend is retried, and the {@link Backoff} between its tries. Not
 * thread-safe.
 */
public final class RetryTimer {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

  private final Backoff backoff;

  /** A retry limit that begins now and lasts this long. */
  public RetryTimer(Duration longest) {
    this.backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE, longest);
  }

  /** Whether the time has passed. */
  public boolean isOver() {
    return backoff.isOver();
  }

  /**
   * Waits before the next try; returns false, at once, when the time has passed. An interrupt does
   * not end the wait: the caller must receive the outcome of its change set. Its flag is set
   * afterwards.
   */
  public boolean pause() {
    return backoff.pause();
  }
}
