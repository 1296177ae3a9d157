package dev.waymark.spring;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;

/** Checks of properties, whose messages name the property. */
final class Checks {
  private static final Duration LONGEST = Duration.ofDays(365);

  private Checks() {}

  static void isTrue(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }

  static void atLeast(String property, @Nullable Integer value, int least) {
    isTrue(
        value == null || value >= least,
        property + " is " + value + "; it must be at least " + least);
  }

  static void within(String property, @Nullable Duration value, Duration least) {
    isTrue(
        value == null || (value.compareTo(least) >= 0 && value.compareTo(LONGEST) <= 0),
        property
            + " is "
            + (value == null ? "" : DurationStyle.SIMPLE.print(value))
            + "; use "
            + DurationStyle.SIMPLE.print(least)
            + " to 365d");
  }
}
