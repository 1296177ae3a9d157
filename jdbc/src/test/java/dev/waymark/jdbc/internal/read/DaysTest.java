package dev.waymark.jdbc.internal.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.internal.Times;
import dev.waymark.core.query.Order;
import dev.waymark.jdbc.internal.read.Days.Day;
import dev.waymark.jdbc.internal.read.Days.Way;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The search for a page by the counts of days")
class DaysTest {

  /** Days before 1970 and after, adjacent and apart. */
  private static final int[] NUMBERS = {-719_162, -719_161, -2, -1, 0, 1, 20_513, 2_932_896};

  /** Every list of up to four days of up to four executions, and some with larger days. */
  private static Stream<List<Day>> lists() {
    List<List<Day>> lists = new ArrayList<>();
    addLists(lists, List.of());
    lists.add(List.of(new Day(0, 40)));
    lists.add(List.of(new Day(-1, 17), new Day(0, 23)));
    lists.add(List.of(new Day(-1, 17), new Day(0, 1), new Day(3, 23)));
    return lists.stream();
  }

  private static void addLists(List<List<Day>> lists, List<Day> days) {
    lists.add(days);
    if (days.size() == 4) {
      return;
    }
    for (int executions = 1; executions <= 4; executions++) {
      List<Day> longer = new ArrayList<>(days);
      longer.add(new Day(NUMBERS[2 * days.size() + lists.size() % 2], executions));
      addLists(lists, longer);
    }
  }

  /** The times of all executions of a list, the oldest first; no two are equal. */
  private static List<Instant> times(List<Day> days) {
    List<Instant> times = new ArrayList<>();
    for (Day day : days) {
      Instant end = Times.startOfDay(day.number() + 1);
      times.add(Times.startOfDay(day.number()));
      for (long i = day.executions() - 1; i > 0; i--) {
        times.add(end.minusNanos(i * 1_000));
      }
    }
    return times;
  }

  @Test
  @DisplayName("finds every part of every small list, in both orders")
  void leadsToEveryPart() {
    lists()
        .forEach(
            list -> {
              Days days = Days.of(list);
              List<Instant> oldest = times(list);
              assertThat(days.total()).isEqualTo(oldest.size());
              for (Order order : Order.values()) {
                List<Instant> times = inOrder(oldest, order);
                for (int from = 0; from < times.size(); from++) {
                  for (int to = from + 1; to <= times.size(); to++) {
                    assertThat(read(oldest, days.to(from, to - from, order), order))
                        .as("%s of %s, from %s to %s", order, list, from, to)
                        .isEqualTo(times.subList(from, to));
                  }
                }
              }
            });
  }

  private static List<Instant> inOrder(List<Instant> oldestFirst, Order order) {
    List<Instant> times = new ArrayList<>(oldestFirst);
    if (order == Order.NEWEST) {
      Collections.reverse(times);
    }
    return times;
  }

  /** The rows that are read, as by a statement with its bounds, its order, offset and limit. */
  private static List<Instant> read(List<Instant> oldestFirst, List<Way> ways, Order order) {
    List<Instant> read = new ArrayList<>();
    for (Way way : ways) {
      Order direction = way.backwards() == (order == Order.OLDEST) ? Order.NEWEST : Order.OLDEST;
      List<Instant> part =
          new ArrayList<>(
              inOrder(oldestFirst, direction).stream()
                  .filter(time -> isWithin(time, way.since(), way.until()))
                  .skip(way.offset())
                  .limit(way.count())
                  .toList());
      if (way.backwards()) {
        Collections.reverse(part);
      }
      read.addAll(part);
    }
    return read;
  }

  private static boolean isWithin(Instant time, @Nullable Instant since, @Nullable Instant until) {
    return (since == null || !time.isBefore(since)) && (until == null || time.isBefore(until));
  }

  @Test
  @DisplayName("skips at most half a day, or as many rows as it reads")
  void passesOverLittle() {
    lists().forEach(DaysTest::assertPassesOverLittle);
  }

  private static void assertPassesOverLittle(List<Day> list) {
    Days days = Days.of(list);
    long largest = list.stream().mapToLong(Day::executions).max().orElse(0);
    for (Order order : Order.values()) {
      for (long from = 0; from < days.total(); from++) {
        for (long count = 1; count <= days.total() - from; count++) {
          long passed = days.to(from, count, order).stream().mapToLong(Way::offset).sum();
          assertThat(passed)
              .as("%s, %s from %s", order, count, from)
              .isLessThanOrEqualTo(Math.max(count, largest / 2));
        }
      }
    }
  }

  @Test
  @DisplayName("reads a page across the border of two large days from the border to both sides")
  void acrossBorder() {
    Days days = Days.of(List.of(new Day(10, 1_000_000), new Day(11, 1_000_000)));
    Instant border = Times.startOfDay(11);
    assertThat(days.to(999_990, 30, Order.OLDEST))
        .containsExactly(new Way(null, border, true, 0, 10), new Way(border, null, false, 0, 20));
    assertThat(days.to(999_990, 30, Order.NEWEST))
        .containsExactly(new Way(border, null, true, 0, 10), new Way(null, border, false, 0, 20));
  }

  @Test
  @DisplayName("finds nothing past the end")
  void pastTheEnd() {
    Days days = Days.of(List.of(new Day(0, 3)));
    assertThatThrownBy(() -> days.to(2, 2, Order.OLDEST))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("position 3 of 3");
  }
}
