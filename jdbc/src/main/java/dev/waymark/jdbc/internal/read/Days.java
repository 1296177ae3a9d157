package dev.waymark.jdbc.internal.read;

import dev.waymark.core.internal.Times;
import dev.waymark.core.query.Order;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How many executions of a list were created on which day. The sum is its total, without counting;
 * and the days lead to any place in it, from the nearer end of a day.
 *
 * @param days the days on which there are any, in order
 * @param total how many there are on all of them
 */
record Days(List<Day> days, long total) {

  /**
   * A day with executions on it.
   *
   * @param number days since 1970-01-01, in UTC
   * @param executions how many of the list were created on it
   */
  record Day(int number, long executions) {}

  /**
   * Where to read some of the list.
   *
   * @param since created at or after this time, or null
   * @param until created before this time, or null
   * @param backwards whether to read from the far end, with all in reverse
   * @param offset how many to pass over
   * @param count how many to read
   */
  record Way(
      @Nullable Instant since,
      @Nullable Instant until,
      boolean backwards,
      long offset,
      long count) {}

  static Days of(List<Day> days) {
    return new Days(days, days.stream().mapToLong(Day::executions).sum());
  }

  /**
   * How to read {@code count} executions of which the first stands at {@code position} of the list,
   * counted from 0 in this order; there must be as many. From the nearer end, as one part; or, when
   * many lie before them and behind them on their days, as two parts, from the border between those
   * days to both sides.
   */
  List<Way> to(long position, long count, Order order) {
    Way way = shortest(position, count, order);
    Place first = place(order == Order.OLDEST ? position : total - 1 - position);
    long onFirstDay =
        order == Order.OLDEST
            ? first.before() + first.day().executions() - position
            : total - first.before() - position;
    return way.offset() <= count || count <= onFirstDay
        ? List.of(way)
        : List.of(
            shortest(position, onFirstDay, order),
            shortest(position + onFirstDay, count - onFirstDay, order));
  }

  private Way shortest(long position, long count, Order order) {
    boolean oldest = order == Order.OLDEST;
    // Both are counted from the old end, in either order.
    long first = oldest ? position : total - position - count;
    long last = first + count - 1;
    Place begin = place(first);
    Place end = place(last);
    long fromBegin = first - begin.before();
    long fromEnd = end.before() + end.day().executions() - 1 - last;
    return fromBegin <= fromEnd
        ? new Way(Times.startOfDay(begin.day().number()), null, !oldest, fromBegin, count)
        : new Way(null, Times.startOfDay(end.day().number() + 1), oldest, fromEnd, count);
  }

  private record Place(Day day, long before) {}

  private Place place(long position) {
    long before = 0;
    for (Day day : days) {
      if (position < before + day.executions()) {
        return new Place(day, before);
      }
      before += day.executions();
    }
    throw new IllegalArgumentException("position " + position + " of " + total);
  }
}
