package dev.waymark.core.internal;

import dev.waymark.core.error.InvalidInputException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Durations as people write them in workflow files, settings and messages: whole numbers with the
 * units {@code y d h m s ms}, larger units first, each unit at most once, without spaces. A year
 * has 365 days. Examples: {@code 250ms}, {@code 1h30m}. No other form is accepted, ISO 8601 ({@code
 * PT10M}) included.
 */
public final class Durations {
  private static final String[] UNITS = {"y", "d", "h", "m", "s", "ms"};
  private static final long[] MILLIS = {
    31_536_000_000L, 86_400_000L, 3_600_000L, 60_000L, 1_000L, 1L
  };
  private static final int[] MAX_DIGITS = {6, 9, 9, 9, 9, 9};
  private static final int HOURS = 2;

  private Durations() {}

  /** The duration, or null when the text is not of the form above. */
  public static @Nullable Duration parse(String text) {
    long millis = 0;
    int at = 0;
    int unit = -1;
    while (at < text.length()) {
      int number = at;
      while (at < text.length() && isDigit(text.charAt(at))) {
        at++;
      }
      int name = at;
      while (at < text.length() && !isDigit(text.charAt(at))) {
        at++;
      }
      int next = unit(text.substring(name, at));
      if (number == name || next <= unit || name - number > MAX_DIGITS[next]) {
        return null;
      }
      unit = next;
      millis += Long.parseLong(text.substring(number, name)) * MILLIS[unit];
    }
    return unit < 0 ? null : Duration.ofMillis(millis);
  }

  /**
   * Formats a duration of any size in that form. Fractions of a millisecond are cut off. The text
   * of a negative duration begins with a minus sign.
   */
  public static String format(Duration duration) {
    if (duration.isNegative()) {
      Duration least = Duration.ofSeconds(-Long.MAX_VALUE);
      return "-" + format((duration.compareTo(least) < 0 ? least : duration).negated());
    }
    long days = duration.toDays();
    long rest = duration.minusDays(days).toMillis();
    StringBuilder out = new StringBuilder(days == 0 ? "" : days + "d");
    for (int i = HOURS; i < UNITS.length; i++) {
      if (rest >= MILLIS[i]) {
        out.append(rest / MILLIS[i]).append(UNITS[i]);
        rest %= MILLIS[i];
      }
    }
    return out.isEmpty() ? "0s" : out.toString();
  }

  /**
   * Returns a duration that is within bounds.
   *
   * @throws InvalidInputException when it is out of bounds; the message names all three
   */
  public static Duration within(String what, Duration found, Duration least, Duration most) {
    if (found.compareTo(least) < 0 || found.compareTo(most) > 0) {
      throw new InvalidInputException(
          what + " is " + format(found) + "; use " + format(least) + " to " + format(most));
    }
    return found;
  }

  private static int unit(String name) {
    for (int i = 0; i < UNITS.length; i++) {
      if (UNITS[i].equals(name)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
