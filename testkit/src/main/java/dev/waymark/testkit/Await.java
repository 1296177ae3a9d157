package dev.waymark.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits for a condition that another thread, another process or a database fulfils. The pauses
 * between two checks grow with the time waited, from one to a hundred milliseconds: a short wait
 * ends soon after the condition is true, and a long one does not slow down what it waits for.
 *
 * <pre>{@code
 * Await.until("the execution has ended", () -> store.execution(execution).state().isTerminal());
 * }</pre>
 *
 * @since 0.1.0
 */
public final class Await {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final long SHORTEST_PAUSE_NANOS = 1_000_000;
  private static final long LONGEST_PAUSE_NANOS = 100_000_000;

  /** A pause is this part of the time waited so far. */
  private static final int PART = 20;

  private Await() {}

  /**
   * Returns when the condition is true.
   *
   * @param what the condition in words, for the error
   * @throws AssertionError after a minute
   */
  public static void until(String what, BooleanSupplier condition) {
    if (!within(LIMIT, condition)) {
      throw new AssertionError("waited " + LIMIT.toSeconds() + " s in vain for: " + what);
    }
  }

  /**
   * Returns when the condition is true.
   *
   * @param what the condition in words, for the error
   * @param lives whether the thread or process that fulfils the condition is still alive
   * @throws AssertionError after a minute, or as soon as it is no longer alive
   */
  public static void until(String what, BooleanSupplier condition, BooleanSupplier lives) {
    until(
        what,
        () -> {
          boolean alive = lives.getAsBoolean();
          boolean fulfilled = condition.getAsBoolean();
          if (!alive && !fulfilled) {
            throw new AssertionError("it ended before: " + what);
          }
          return fulfilled;
        });
  }

  /** Returns true as soon as the condition is true, or false after this time. */
  public static boolean within(Duration limit, BooleanSupplier condition) {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      long waited = System.nanoTime() - begin;
      if (waited > limit.toNanos()) {
        return false;
      }
      LockSupport.parkNanos(Math.min(LONGEST_PAUSE_NANOS, SHORTEST_PAUSE_NANOS + waited / PART));
    }
    return true;
  }
}
