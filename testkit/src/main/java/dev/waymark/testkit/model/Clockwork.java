package dev.waymark.testkit.model;

import dev.waymark.core.internal.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The time of each operation. It is mostly equal or near to the time before, so that many records
 * share an instant. Sometimes it moves by days in either direction, or to an edge of the range that
 * a store can keep.
 */
final class Clockwork {
  static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant FIRST = Times.bound(Instant.MIN);

  /** The last nanosecond that is cut to a time that a store can keep. */
  private static final Instant LAST = Times.bound(Instant.MAX).minusNanos(1);

  /**
   * Edges of ranges, epochs, calendars, leap seconds, days, and daylight saving time in the West.
   */
  private static final List<Instant> EDGES =
      List.of(
          FIRST,
          FIRST.plusNanos(999),
          FIRST.plusNanos(1_000),
          Instant.parse("0004-02-29T00:00:00.5Z"),
          Instant.parse("1582-10-04T23:59:59.999999Z"),
          Instant.parse("1582-10-15T00:00:00Z"),
          Instant.parse("1893-04-01T00:00:00.000001Z"),
          Instant.parse("1969-12-31T23:59:59.999999Z"),
          Instant.parse("1969-12-31T23:59:59.999999999Z"),
          Instant.EPOCH,
          Instant.EPOCH.plusNanos(500),
          Instant.parse("2000-02-29T23:59:59.9999995Z"),
          Instant.parse("2016-12-31T23:59:59.999999Z"),
          Instant.parse("2026-03-29T01:00:00Z"),
          Instant.parse("2038-01-19T03:14:08Z"),
          Instant.parse("2262-04-11T23:47:16.854775808Z"),
          LAST.minusNanos(1_000),
          LAST);

  /** Times that a store must refuse to write. */
  private static final List<Instant> BEYOND =
      List.of(
          FIRST.minusNanos(1),
          LAST.plusNanos(1),
          Instant.parse("-4712-01-01T00:00:00Z"),
          Instant.parse("+294277-01-01T00:00:00Z"));

  private final Dice dice;
  private final List<Instant> past = new ArrayList<>(List.of(START));

  Clockwork(Dice dice) {
    this.dice = dice;
  }

  /** The time of the next operation. */
  Instant after(Instant now) {
    int kind = dice.below(100);
    if (kind < 45) {
      return now;
    }
    if (kind == 99 && dice.oneIn(3)) {
      return dice.pick(BEYOND);
    }
    Instant next = moved(now, kind);
    past.add(next);
    return next;
  }

  private Instant moved(Instant now, int kind) {
    if (kind < 70) {
      return within(now, Duration.ofNanos(dice.pickOf(1L, 499L, 500L, 700L, 999L, 1_000L, 1_400L)));
    }
    if (kind < 78) {
      return within(now, Duration.ofNanos(-dice.below(3_000)));
    }
    if (kind < 84) {
      return within(now, Duration.ofMillis(dice.below(100_000)));
    }
    if (kind < 88) {
      return within(now, Duration.ofHours(dice.below(2_000) - 1_000L));
    }
    return kind < 94 ? dice.pick(past) : dice.pickOf(START, dice.pick(EDGES));
  }

  private static Instant within(Instant now, Duration step) {
    Instant next = now.plus(step);
    return next.isBefore(FIRST) ? FIRST : next.isAfter(LAST) ? LAST : next;
  }

  /** A bound for a query: equal to, close to or far from the creation time of a record. */
  Instant bound() {
    if (dice.oneIn(8)) {
      return dice.pickOf(Instant.MIN, Instant.MAX, dice.pick(EDGES));
    }
    return dice.pick(past)
        .plusNanos(dice.pickOf(0L, 0L, 1L, -1L, 999L, -999L, 1_000L, -1_000L))
        .plusSeconds(dice.oneIn(5) ? dice.below(200_000) - 100_000L : 0);
  }
}
