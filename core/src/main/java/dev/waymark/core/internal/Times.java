package dev.waymark.core.internal;

import dev.waymark.core.error.InvalidInputException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Times as the stores keep them: whole microseconds since the epoch.
 *
 * <p>PostgreSQL keeps microseconds, and its driver rounds up. Therefore every time is cut when it
 * is created, on every backend.
 */
public final class Times {
  private static final Instant MIN = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant MAX = Instant.parse("9999-12-31T23:59:59.999999Z");

  /** The first time after all times that can be stored. */
  private static final Instant END = MAX.plus(1, ChronoUnit.MICROS);

  private static final long SECONDS_PER_DAY = 86_400;

  private Times() {}

  /** Cuts to whole microseconds. */
  public static Instant micros(Instant time) {
    return time.truncatedTo(ChronoUnit.MICROS);
  }

  /**
   * Checks that records can have this time.
   *
   * @throws InvalidInputException when it lies outside the years 1 to 9999, where a write could
   *     succeed and a later read would not find the record
   */
  public static void checkStorable(Instant time) {
    if (time.isBefore(MIN) || time.isAfter(MAX)) {
      throw new InvalidInputException(
          "time "
              + time
              + " of the clock is out of range; a store keeps times within the years 1 to 9999."
              + " Correct the clock of this machine");
    }
  }

  /**
   * A time that was read from a store.
   *
   * @throws IllegalArgumentException when it lies outside the years 1 to 9999, where no record
   *     exists
   */
  public static Instant stored(Instant time) {
    if (time.isBefore(MIN) || time.isAfter(MAX)) {
      throw new IllegalArgumentException(
          "time " + time + " is outside the years 1 to 9999, which a store never writes");
    }
    return time;
  }

  /** Whether records can have exactly this time. */
  public static boolean isStored(Instant time) {
    return !time.isBefore(MIN) && !time.isAfter(MAX) && micros(time).equals(time);
  }

  /** Microseconds since 1970-01-01T00:00:00Z of a time within the years 1 to 9999. */
  public static long toMicros(Instant time) {
    return Math.addExact(
        Math.multiplyExact(time.getEpochSecond(), 1_000_000L), time.getNano() / 1_000);
  }

  /** The time that is {@code micros} microseconds after 1970-01-01T00:00:00Z. */
  public static Instant ofMicros(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000);
  }

  /** The day in UTC on which a time lies, counted from 1970-01-01. */
  public static int day(Instant time) {
    return (int) Math.floorDiv(time.getEpochSecond(), SECONDS_PER_DAY);
  }

  /** When a day begins in UTC. */
  public static Instant startOfDay(int day) {
    return Instant.ofEpochSecond(day * SECONDS_PER_DAY);
  }

  /**
   * A bound of a half-open range, as whole microseconds: the least time that can be stored and is
   * not before {@code bound}. A comparison of it with stored times has the same result as a
   * comparison of {@code bound} itself. Bounds outside the years 1 to 9999, where no record exists,
   * move to the edge: to the first time of the year 1, or to the first time after the year 9999.
   */
  public static Instant bound(Instant bound) {
    if (bound.isBefore(MIN)) {
      return MIN;
    }
    if (bound.isAfter(MAX)) {
      return END;
    }
    Instant cut = micros(bound);
    return cut.equals(bound) ? cut : cut.plus(1, ChronoUnit.MICROS);
  }
}
