package dev.waymark.worker.internal.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An interval")
class IntervalTest {
  @Test
  @DisplayName("is due at first, after its length, and earlier on request")
  void anIntervalIsDueAtFirstAfterItsLengthAndEarlierWhereSomebodyAsks() {
    Interval interval = new Interval(Duration.ofHours(1));
    assertThat(interval.isDue()).isTrue();
    interval.restart();
    interval.dueWithin(Duration.ofSeconds(Long.MAX_VALUE));
    assertThat(left(interval)).isBetween(Duration.ofMinutes(50), Duration.ofHours(1));
    interval.dueWithin(Duration.ofMinutes(20));
    interval.dueWithin(Duration.ofMinutes(40));
    assertThat(left(interval)).isBetween(Duration.ofMinutes(10), Duration.ofMinutes(20));
    assertThat(interval.isDue()).isFalse();
    interval.dueNow();
    assertThat(interval.isDue()).isTrue();
  }

  private static Duration left(Interval interval) {
    return Duration.ofNanos(interval.nanosLeft());
  }
}
