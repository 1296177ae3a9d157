package dev.waymark.cli.internal.syntax;

import dev.waymark.cli.internal.base.CliException;
import dev.waymark.cli.internal.base.LocalZone;
import dev.waymark.cli.internal.output.Nearest;
import dev.waymark.cli.internal.output.Numbers;
import dev.waymark.core.internal.Durations;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Parses the arguments of a command line. An error states which values are allowed. */
public final class Values {

  private Values() {}

  /** Parses a whole number within a range. */
  public static int number(String what, String text, int least, int most) {
    return (int) number(what, text, least, (long) most);
  }

  /** Parses a whole number within a range. */
  public static long number(String what, String text, long least, long most) {
    long number;
    try {
      number = Long.parseLong(text);
    } catch (NumberFormatException e) {
      boolean digits =
          !text.isEmpty()
              && text.chars()
                  .skip(text.startsWith("-") ? 1 : 0)
                  .allMatch(c -> c >= '0' && c <= '9');
      throw CliException.usage(
          what
              + " "
              + Nearest.quote(text)
              + (digits ? " is out of range; " : " is not a whole number; ")
              + range(least, most));
    }
    if (number < least || number > most) {
      throw CliException.usage(what + " " + text + " is out of range; " + range(least, most));
    }
    return number;
  }

  private static String range(long least, long most) {
    return most >= Integer.MAX_VALUE
        ? "use " + least + " or more"
        : "use " + least + " to " + Numbers.grouped(most);
  }

  /** Parses a duration such as {@code 500ms}, {@code 5s} or {@code 1h30m}. */
  public static Duration duration(String what, String text) {
    Duration duration = Durations.parse(text);
    if (duration == null) {
      throw CliException.usage(
          what
              + " "
              + Nearest.quote(text)
              + " is not a duration; use a number and a unit (d, h, m, s, ms) such as 5s or 1h30m");
    }
    return duration;
  }

  /**
   * Parses a time: an instant, a time with an offset, a local date with or without a time of day,
   * or a duration before now.
   */
  public static Instant time(String what, String text, Instant now, LocalZone zone) {
    Duration back = Durations.parse(text);
    try {
      if (back != null) {
        return now.minus(back);
      }
      String iso = text.toUpperCase(Locale.ROOT).replace(' ', 'T');
      if (iso.indexOf('T') < 0) {
        return LocalDate.parse(iso).atStartOfDay(zone.get()).toInstant();
      }
      boolean hasOffset =
          iso.endsWith("Z") || iso.lastIndexOf('+') > 0 || iso.lastIndexOf('-') > iso.indexOf('T');
      return hasOffset
          ? OffsetDateTime.parse(iso).toInstant()
          : LocalDateTime.parse(iso).atZone(zone.get()).toInstant();
    } catch (DateTimeException e) {
      throw CliException.usage(
          what
              + " "
              + Nearest.quote(text)
              + " is not a time; use 2026-01-31, 2026-01-31T14:00 (local), 2026-01-31T14:00:00Z, or"
              + " a duration before now such as 2h or 7d");
    }
  }

  /** Parses words of the form {@code name=value}. */
  public static Map<String, String> pairs(String what, List<String> words) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String word : words) {
      int equals = word.indexOf('=');
      if (equals < 1) {
        throw CliException.usage(
            what
                + " "
                + Nearest.quote(word)
                + (equals < 0 ? " has no value" : " has no name")
                + "; use name=value");
      }
      String name = word.substring(0, equals);
      String before = pairs.putIfAbsent(name, word.substring(equals + 1));
      if (before != null) {
        throw CliException.usage(
            what + " " + Nearest.quote(name) + " is given twice; give it once");
      }
    }
    return pairs;
  }

  /** Parses the name of an enum constant, ignoring case. */
  public static <E extends Enum<E>> E constant(String what, String text, E[] constants) {
    List<String> names = new ArrayList<>();
    for (E constant : constants) {
      if (constant.name().equalsIgnoreCase(text)) {
        return constant;
      }
      names.add(constant.name());
    }
    String nearest =
        Nearest.hint(
            text.toUpperCase(Locale.ROOT), names, "; use one of " + String.join(", ", names));
    throw CliException.usage("unknown " + what + " " + Nearest.quote(text) + nearest);
  }
}
