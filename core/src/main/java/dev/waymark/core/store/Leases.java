package dev.waymark.core.store;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Durations;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/** What holds for every lease and every delay, wherever it is given. */
final class Leases {
  /** Longer than any claim or pause that makes sense, and shorter than what a time can take. */
  private static final Duration LONGEST = Duration.ofDays(3_660);

  private Leases() {}

  static void check(String what, Duration lease) {
    Objects.requireNonNull(lease, what);
    if (lease.compareTo(Duration.of(1, ChronoUnit.MICROS)) < 0) {
      throw new InvalidInputException(
          what
              + " is "
              + lease
              + "; it must be longer than nothing, and longer than a commit takes");
    }
    checkLongest(what, lease);
  }

  static void checkDelay(String what, Duration delay) {
    Objects.requireNonNull(delay, what);
    if (delay.isNegative()) {
      throw new InvalidInputException(what + " is " + delay + "; it must not be negative");
    }
    checkLongest(what, delay);
  }

  private static void checkLongest(String what, Duration duration) {
    if (duration.compareTo(LONGEST) > 0) {
      throw new InvalidInputException(
          what
              + " is "
              + Durations.format(duration)
              + "; the longest is "
              + Durations.format(LONGEST));
    }
  }
}
