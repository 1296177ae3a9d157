package dev.waymark.core.internal;

import dev.waymark.core.error.InvalidInputException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/** Checks of leases and delays. */
public final class Leases {
  /** Longer than any useful lease or delay, and short enough to add to any stored time. */
  private static final Duration LONGEST = Duration.ofDays(3_660);

  private Leases() {}

  /** Checks a lease: from 1 microsecond to the longest. */
  public static void check(String what, Duration lease) {
    Objects.requireNonNull(lease, what);
    if (lease.compareTo(Duration.of(1, ChronoUnit.MICROS)) < 0) {
      throw new InvalidInputException(
          what + " is " + lease + "; use at least 1 microsecond, and more than a commit takes");
    }
    checkLongest(what, lease);
  }

  /** Checks a delay: from zero to the longest. */
  public static void checkDelay(String what, Duration delay) {
    Objects.requireNonNull(delay, what);
    if (delay.isNegative()) {
      throw new InvalidInputException(what + " is " + delay + "; use zero or more");
    }
    checkLongest(what, delay);
  }

  private static void checkLongest(String what, Duration duration) {
    if (duration.compareTo(LONGEST) > 0) {
      throw new InvalidInputException(
          what
              + " is "
              + Durations.format(duration)
              + "; use at most "
              + Durations.format(LONGEST));
    }
  }
}
