package dev.waymark.runner;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Durations;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Checks of the settings of a {@link Runner}. */
final class RunnerChecks {
  private static final Duration LEAST_LEASE = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofDays(365);
  private static final Duration LONGEST_RETENTION = Duration.ofDays(36_500);

  private RunnerChecks() {}

  /**
   * Checks all settings.
   *
   * @throws InvalidInputException when a number or a duration is out of range
   */
  static void check(
      int concurrency,
      int maxLost,
      Duration pollInterval,
      Duration grace,
      Duration storeRetryTimeout,
      @Nullable Duration logFileRetention,
      Duration lease) {
    positive("concurrency", concurrency);
    positive("maxLost", maxLost);
    duration("pollInterval", pollInterval, Duration.ofMillis(1));
    duration("grace", grace, Duration.ZERO);
    duration("storeRetryTimeout", storeRetryTimeout, Duration.ZERO);
    retention("logFileRetention", logFileRetention);
    lease(lease);
  }

  private static void positive(String name, long value) {
    if (value < 1) {
      throw new InvalidInputException(name + " is " + value + "; it must be at least 1");
    }
  }

  private static void duration(String name, Duration value, Duration least) {
    Durations.within(name, value, least, LONGEST);
  }

  private static void retention(String name, @Nullable Duration value) {
    if (value != null) {
      Durations.within(name, value, Duration.ZERO, LONGEST_RETENTION);
    }
  }

  private static void lease(Duration lease) {
    if (lease.compareTo(LEAST_LEASE) < 0 || lease.compareTo(LONGEST) > 0) {
      throw new InvalidInputException(
          "lease is "
              + Durations.format(lease)
              + "; it must be at least "
              + Durations.format(LEAST_LEASE)
              + ", so that it can be renewed in time, and at most "
              + Durations.format(LONGEST));
    }
  }
}
