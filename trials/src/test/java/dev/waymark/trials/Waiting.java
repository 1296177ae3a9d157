package dev.waymark.trials;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits for a condition of the real world: what other processes do, and what a database says. It
 * looks ten times a second: more would take the machine from those that are waited for.
 */
final class Waiting {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final long LOOK_NANOS = 100_000_000;

  private Waiting() {}

  /** Returns when the condition holds; fails after a minute. */
  static void until(String what, BooleanSupplier condition) {
    if (!within(LIMIT, condition)) {
      throw new AssertionError("waited for " + LIMIT + " in vain for: " + what);
    }
  }

  /** Whether the condition came to hold within this time; returns as soon as it does. */
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
