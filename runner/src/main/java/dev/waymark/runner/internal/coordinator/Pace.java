package dev.waymark.runner.internal.coordinator;

import java.time.Duration;

/**
 * How many attempts a worker claims ahead of its free slots: as many as it ends within a fiftieth
 * of a second and while the store answers a few claims, and none unless many more task runs are
 * ready than it has slots. So a worker whose tasks take microseconds does not wait for the store
 * between them, a task waits only a moment for its slot, and a worker whose tasks take longer, or
 * come one by one, claims none that another worker could begin at once. Belongs to the
 * coordinator's thread.
 */
final class Pace {
  private static final Duration AHEAD = Duration.ofMillis(20);
  private static final Duration LONGEST_AHEAD = Duration.ofMillis(200);
  private static final int CLAIMS_AHEAD = 4;
  private static final Duration MEASURED = Duration.ofMillis(50);
  private static final int MOST_AHEAD = 500;

  /** After so many claims that each found all that they asked for, more is certainly ready. */
  private static final int BACKLOG_AFTER = 8;

  private long sinceNanos = System.nanoTime();
  private int ended;
  private int ahead;
  private int fullClaims;
  private long aheadNanos = AHEAD.toNanos();

  /** Notes that an attempt has ended by itself. */
  void end() {
    ended++;
  }

  /**
   * Notes the answer to a claim.
   *
   * @param isFull whether it found as many task runs as it asked for
   * @param nanos how long the store took
   */
  void claimed(boolean isFull, long nanos) {
    fullClaims = isFull ? fullClaims + 1 : 0;
    aheadNanos = Math.min(LONGEST_AHEAD.toNanos(), AHEAD.toNanos() + CLAIMS_AHEAD * nanos);
  }

  /** How many attempts to claim ahead; measured again at intervals. */
  int ahead() {
    long now = System.nanoTime();
    long nanos = now - sinceNanos;
    if (nanos >= MEASURED.toNanos()) {
      ahead = (int) Math.min(MOST_AHEAD, ended * aheadNanos / nanos);
      ended = 0;
      sinceNanos = now;
    }
    return fullClaims < BACKLOG_AFTER ? 0 : ahead;
  }
}
