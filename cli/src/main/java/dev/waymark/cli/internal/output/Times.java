package dev.waymark.cli.internal.output;

import dev.waymark.cli.internal.base.LocalZone;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;

/**
 * Formats times and durations for people. It does not use a formatter of Java, because creating one
 * takes longer than printing a short table.
 */
public final class Times {
  private Times() {}

  /** Formats a local date and time to the second; null is a dash. */
  public static String local(@Nullable Instant time, LocalZone zone) {
    if (time == null) {
      return "-";
    }
    ZonedDateTime local = time.atZone(zone.at(time));
    StringBuilder out = new StringBuilder(19).append(local.getYear());
    two(out.append('-'), local.getMonthValue());
    two(out.append('-'), local.getDayOfMonth());
    return out.append(' ').append(clock(local)).toString();
  }

  /** Formats a local time of day to the second. */
  public static String clock(Instant time, LocalZone zone) {
    return clock(time.atZone(zone.at(time)));
  }

  private static String clock(ZonedDateTime local) {
    StringBuilder out = new StringBuilder(8);
    two(out, local.getHour());
    two(out.append(':'), local.getMinute());
    two(out.append(':'), local.getSecond());
    return out.toString();
  }

  /**
   * Formats the duration from start to end, or to now if there is no end; a dash if there is no
   * start.
   */
  public static String span(@Nullable Instant start, @Nullable Instant end, Instant now) {
    return start == null ? "-" : duration(Duration.between(start, end == null ? now : end));
  }

  /**
   * Formats a duration with its two largest units: {@code 350ms}, {@code 1.2s}, {@code 3m05s},
   * {@code 2h03m}, {@code 4d02h}.
   */
  public static String duration(Duration duration) {
    long millis = Math.max(0, duration.toMillis());
    long seconds = millis / 1000;
    StringBuilder out = new StringBuilder(8);
    if (millis < 1000) {
      return out.append(millis).append("ms").toString();
    }
    if (seconds < 60) {
      return out.append(seconds).append('.').append(millis % 1000 / 100).append('s').toString();
    }
    if (seconds < 3600) {
      return two(out.append(seconds / 60).append('m'), seconds % 60).append('s').toString();
    }
    if (seconds < 86_400) {
      return two(out.append(seconds / 3600).append('h'), seconds % 3600 / 60)
          .append('m')
          .toString();
    }
    return two(out.append(seconds / 86_400).append('d'), seconds % 86_400 / 3600)
        .append('h')
        .toString();
  }

  private static StringBuilder two(StringBuilder out, long number) {
    return number < 10 ? out.append('0').append(number) : out.append(number);
  }
}
