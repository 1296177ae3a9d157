package dev.waymark.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.InvalidInputException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Durations in the format of a workflow file. */
@DisplayName("A duration")
final class DurationsTest {
  @Test
  @DisplayName("is the sum of its units")
  void parses() {
    assertThat(Durations.parse("250ms")).isEqualTo(Duration.ofMillis(250));
    assertThat(Durations.parse("1h30m")).isEqualTo(Duration.ofMinutes(90));
    assertThat(Durations.parse("1d2h3m4s5ms"))
        .isEqualTo(Duration.ofDays(1).plusHours(2).plusMinutes(3).plusSeconds(4).plusMillis(5));
    assertThat(Durations.parse("90m")).isEqualTo(Duration.ofMinutes(90));
    assertThat(Durations.parse("999999999d")).isEqualTo(Duration.ofDays(999_999_999));
    assertThat(Durations.parse("1y30d")).isEqualTo(Duration.ofDays(395));
    assertThat(Durations.parse("999999y999999999d"))
        .isEqualTo(Duration.ofDays(999_999L * 365 + 999_999_999));
  }

  @Test
  @DisplayName("in another form is refused")
  void refuses() {
    assertThat(
            List.of(
                "",
                "5",
                "s",
                "1s1m",
                "1s1s",
                "1.5h",
                "1 s",
                "PT1S",
                "1S",
                "-1s",
                "1234567890s",
                "1000000y",
                "1d1y",
                "١s"))
        .allMatch(text -> Durations.parse(text) == null);
  }

  @Test
  @DisplayName("has a text form from which it can be read")
  void formats() {
    assertThat(
            List.of("0s", "1ms", "250ms", "1s", "1m", "1h", "1h30m", "1d", "365d", "1d2h3m4s5ms"))
        .allSatisfy(
            text -> {
              Duration duration = Durations.parse(text);
              assertThat(duration).isNotNull();
              assertThat(duration == null ? "" : Durations.format(duration)).isEqualTo(text);
            });
  }

  @Test
  @DisplayName("is written with a minus sign when it is negative, also the least one")
  void negative() {
    assertThat(Durations.format(Duration.ofMillis(-1_500))).isEqualTo("-1s500ms");
    assertThat(Durations.format(Duration.ofNanos(-1))).isEqualTo("-0s");
    assertThat(Durations.format(Duration.ofSeconds(Long.MIN_VALUE)))
        .isEqualTo("-106751991167300d15h30m7s");
    assertThat(Durations.format(Duration.ofSeconds(Long.MIN_VALUE, 1)))
        .isEqualTo("-106751991167300d15h30m7s");
  }

  @Test
  @DisplayName("is accepted within bounds, which belong to the range")
  void within() {
    Duration second = Duration.ofSeconds(1);
    Duration minute = Duration.ofMinutes(1);
    for (Duration good : List.of(second, Duration.ofSeconds(30), minute)) {
      assertThat(Durations.within("lease", good, second, minute)).isEqualTo(good);
    }
    for (Duration bad : List.of(second.minusNanos(1), minute.plusNanos(1))) {
      assertThatThrownBy(() -> Durations.within("lease", bad, second, minute))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage("lease is " + Durations.format(bad) + "; use 1s to 1m");
    }
  }
}
