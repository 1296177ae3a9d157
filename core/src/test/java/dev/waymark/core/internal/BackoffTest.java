package dev.waymark.core.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The pauses between retries. */
@DisplayName("A backoff")
class BackoffTest {
  private static final Duration FIRST = Duration.ofMillis(10);
  private static final Duration LONGEST = Duration.ofMillis(100);

  @Test
  @DisplayName("doubles its pauses up to the maximum, each between half of its bound and the bound")
  void doublesItsPausesUpToTheLongest() {
    Backoff backoff = Backoff.endless(FIRST, LONGEST);
    long bound = FIRST.toNanos();
    for (int i = 0; i < 20; i++) {
      assertThat(backoff.nextNanos()).as("pause %d", i).isBetween(bound / 2, bound - 1);
      bound = Math.min(2 * bound, LONGEST.toNanos());
    }
    backoff.reset();
    assertThat(backoff.nextNanos()).isBetween(FIRST.toNanos() / 2, FIRST.toNanos() - 1);
  }

  @Test
  @DisplayName("has jitter: two backoffs do not make the same pauses")
  void hasJitter() {
    long different =
        java.util.stream.LongStream.generate(() -> Backoff.endless(FIRST, LONGEST).nextNanos())
            .limit(50)
            .distinct()
            .count();
    assertThat(different).isGreaterThan(10);
  }

  @Test
  @DisplayName("accepts extreme durations")
  void takesExtremeDurations() {
    Duration most = Duration.ofSeconds(Long.MAX_VALUE);
    Backoff backoff = new Backoff(most, most, most);
    for (int i = 0; i < 5; i++) {
      assertThat(backoff.nextNanos()).isPositive();
    }
    assertThat(backoff.isOver()).isFalse();
    Backoff none = new Backoff(Duration.ZERO, Duration.ZERO, Duration.ZERO);
    assertThat(none.nextNanos()).isPositive();
    assertThat(none.pause()).isFalse();
  }

  @Test
  @DisplayName("lasts its whole time in an interrupted thread, and the flag stays set")
  void lastsItsWholeTimeInAnInterruptedThread() {
    Thread.currentThread().interrupt();
    long begin = System.nanoTime();
    Backoff.sleep(30, TimeUnit.MILLISECONDS);
    long slept = System.nanoTime() - begin;
    assertThat(Thread.interrupted()).isTrue();
    assertThat(slept).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(30));
  }

  @Test
  @DisplayName("uses no processor time while it lasts, also in an interrupted thread")
  void doesNotWorkWhileItLasts() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    Thread.currentThread().interrupt();
    long begin = threads.getCurrentThreadCpuTime();
    Backoff.sleep(300, TimeUnit.MILLISECONDS);
    long worked = threads.getCurrentThreadCpuTime() - begin;
    assertThat(Thread.interrupted()).isTrue();
    assertThat(worked).isLessThan(TimeUnit.MILLISECONDS.toNanos(100));
  }

  @Test
  @DisplayName("makes few retries within its limit, with or without an interrupt")
  void makesFewRetriesWithinItsLimit() {
    for (boolean interrupted : new boolean[] {false, true}) {
      Backoff backoff = new Backoff(FIRST, LONGEST, Duration.ofMillis(200));
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      int retries = 0;
      while (backoff.pause()) {
        retries++;
      }
      assertThat(Thread.interrupted()).isEqualTo(interrupted);
      // 5 ms, 10 ms, 20 ms, 40 ms and then 50 ms each, at least.
      assertThat(retries).isBetween(1, 8);
    }
  }
}
