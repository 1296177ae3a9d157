package dev.waymark.jdbc.internal.read;

import dev.waymark.core.internal.Times;
import dev.waymark.core.store.Order;
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
   */
  record Way(@Nullable Instant since, @Nullable Instant until, boolean backwards, long offset) {}

  static Days of(List<Day> days) {
    return new Days(days, days.stream().mapToLong(Day::executions).sum());
  }

  /**
   * The shortest way to {@code count} executions of which the first stands at {@code position} of
   * the list, counted from 0 in this order. There must be as many.
   */
  Way to(long position, long count, Order order) {
    boolean oldest = order == Order.OLDEST;
    // Both counted from the old end, whatever the order.
    long first = oldest ? position : total - position - count;
    long last = first + count - 1;
    Place begin = place(first);
    Place end = place(last);
    long fromBegin = first - begin.before();
    long fromEnd = end.before() + end.day().executions() - 1 - last;
    return fromBegin <= fromEnd
        ? new Way(Times.startOfDay(begin.day().number()), null, !oldest, fromBegin)
        : new Way(null, Times.startOfDay(end.day().number() + 1), oldest, fromEnd);
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
