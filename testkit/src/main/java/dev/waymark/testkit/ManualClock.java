package dev.waymark.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * A clock that moves only when a test moves it. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ManualClock implements InstantSource {
  private Instant now;

  /** Creates a clock that shows this time. */
  public ManualClock(Instant now) {
    this.now = now;
  }

  @Override
  public synchronized Instant instant() {
    return now;
  }

  /** Moves the clock to a time, which may be in its past. */
  public synchronized void set(Instant time) {
    now = time;
  }

  /** Moves the clock forward, or back by a negative duration, and returns the new time. */
  public synchronized Instant advance(Duration duration) {
    now = now.plus(duration);
    return now;
  }
}
