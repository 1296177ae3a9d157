package dev.waymark.trials;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits for a condition of other processes or of a database. It checks ten times a second: more
 * would slow down the processes that it waits for.
 */
final class Waiting {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final long LOOK_NANOS = 100_000_000;

  private Waiting() {}

  /** Returns when the condition is true; fails after a minute. */
  static void until(String what, BooleanSupplier condition) {
    if (!within(LIMIT, condition)) {
      throw new AssertionError("waited for " + LIMIT + " in vain for: " + what);
    }
  }

  /** Whether the condition becomes true within this time; returns as soon as it is. */
  static boolean within(Duration limit, BooleanSupplier condition) {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - begin > limit.toNanos()) {
        return false;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return true;
  }
}
