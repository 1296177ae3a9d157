package dev.waymark.jdbc.internal.commit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.jdbc.internal.read.Reported;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What is due is read")
class DueReadsTest {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000_000);
  private final DueReads reads = new DueReads(now::get);

  private static Reported found(@Nullable Duration next, @Nullable Duration nextExpiry) {
    return new Reported(List.of(), List.of(), next, nextExpiry);
  }

  private void pass(int millis) {
    now.addAndGet(Duration.ofMillis(millis).toNanos());
  }

  private boolean isNeeded() {
    return reads.isNeeded(reads.begin());
  }

  @Test
  @DisplayName("by the first claim, and again after 200 ms, counted from the begin of the read")
  void fromTimeToTime() {
    assertThat(isNeeded()).isTrue();
    DueReads.Begin begin = reads.begin();
    pass(50);
    reads.read(begin, found(null, null));
    assertThat(isNeeded()).isFalse();
    pass(149);
    assertThat(isNeeded()).isFalse();
    pass(1);
    assertThat(isNeeded()).isTrue();
  }

  @Test
  @DisplayName("at once after a commit that marks something as due, also if it ends during a read")
  void afterMark() {
    reads.read(reads.begin(), found(null, null));
    reads.mark();
    assertThat(isNeeded()).isTrue();
    DueReads.Begin begin = reads.begin();
    reads.mark();
    reads.read(begin, found(null, null));
    assertThat(isNeeded()).as("the mark came after the begin").isTrue();
    pass(1);
    reads.read(reads.begin(), found(null, null));
    assertThat(isNeeded()).isFalse();
    reads.read(begin, found(null, null));
    assertThat(isNeeded()).as("an earlier read ends later").isFalse();
  }

  @Test
  @DisplayName("and in between a claim asks to be repeated when something is next, or after 200 ms")
  void between() {
    reads.read(reads.begin(), found(Duration.ofMillis(120), Duration.ofSeconds(1)));
    pass(100);
    assertThat(reads.withoutReading())
        .isEqualTo(found(Duration.ofMillis(20), Duration.ofMillis(900)));
    pass(50);
    assertThat(reads.withoutReading()).isEqualTo(found(Duration.ZERO, Duration.ofMillis(850)));
    pass(51);
    reads.read(reads.begin(), found(null, null));
    pass(30);
    assertThat(reads.withoutReading()).isEqualTo(found(Duration.ofMillis(170), null));
    pass(500);
    assertThat(reads.withoutReading()).isEqualTo(found(Duration.ZERO, null));
  }
}
