package dev.waymark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition that another thread or another process fulfils. */
final class Waiting {
  private static final long LIMIT_NANOS = 60_000_000_000L;
  private static final long LOOK_NANOS = 5_000_000;

  private Waiting() {}

  /** Waits until the condition holds; fails after a minute. */
  static void until(String what, BooleanSupplier condition) {
    until(what, condition, () -> true);
  }

  /** The same, but fails as soon as the thread or process that fulfils it is no longer alive. */
  static void until(String what, BooleanSupplier condition, BooleanSupplier lives) {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(lives.getAsBoolean() || condition.getAsBoolean())
          .as("it ended before: %s", what)
          .isTrue();
      assertThat(System.nanoTime() - begin).as("waited for: %s", what).isLessThan(LIMIT_NANOS);
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }
}
