package dev.waymark.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Times")
class TimesTest {

  @ParameterizedTest(name = "({0})")
  @CsvSource({
    "2026-03-01T12:00:00.123456789Z, 2026-03-01T12:00:00.123456Z",
    "2026-03-01T12:00:00.999999999Z, 2026-03-01T12:00:00.999999Z",
    "1969-12-31T23:59:59.999999999Z, 1969-12-31T23:59:59.999999Z",
    "0001-01-01T00:00:00.000000999Z, 0001-01-01T00:00:00Z",
  })
  @DisplayName("are truncated to the microsecond, never rounded")
  void micros(Instant time, Instant cut) {
    assertThat(Times.micros(time)).isEqualTo(cut);
    assertThat(Times.ofMicros(Times.toMicros(time))).isEqualTo(cut);
  }

  @ParameterizedTest(name = "({0})")
  @ValueSource(
      longs = {
        0,
        1,
        -1,
        999_999,
        -999_999,
        1_000_000,
        -1_000_000,
        1_772_366_400_123_456L,
        -62_135_596_800_000_000L
      })
  @DisplayName("can be converted to microseconds and back")
  void roundTrip(long micros) {
    assertThat(Times.toMicros(Times.ofMicros(micros))).isEqualTo(micros);
  }

  @Test
  @DisplayName("are counted in microseconds from 1970, negative before it")
  void count() {
    assertThat(Times.toMicros(Instant.EPOCH)).isZero();
    assertThat(Times.toMicros(Instant.EPOCH.minusNanos(1))).isEqualTo(-1);
    assertThat(Times.toMicros(Instant.parse("1970-01-01T00:00:01.000002Z"))).isEqualTo(1_000_002);
  }

  @ParameterizedTest(name = "({0})")
  @CsvSource({
    "2026-03-01T12:00:00.123456Z, 2026-03-01T12:00:00.123456Z",
    "2026-03-01T12:00:00.123456001Z, 2026-03-01T12:00:00.123457Z",
    "2026-03-01T12:00:00.123455999Z, 2026-03-01T12:00:00.123456Z",
    "1969-12-31T23:59:59.999999999Z, 1970-01-01T00:00:00Z",
    "-1000000000-01-01T00:00:00Z, 0001-01-01T00:00:00Z",
    "+1000000000-12-31T23:59:59.999999999Z, +10000-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999001Z, +10000-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z, 9999-12-31T23:59:59.999999Z",
    "0001-01-01T00:00:00Z, 0001-01-01T00:00:00Z",
  })
  @DisplayName("that bound a range become the next whole microsecond")
  void bound(Instant bound, Instant expected) {
    assertThat(Times.bound(bound)).isEqualTo(expected);
  }

  @Test
  @DisplayName("that bound a range compare with stored times as before")
  void boundKeepsMeaning() {
    for (String time :
        List.of(
            "0001-01-01T00:00:00Z", "2026-03-01T12:00:00.123456Z", "9999-12-31T23:59:59.999999Z")) {
      Instant stored = Instant.parse(time);
      for (int nanos = -2_500; nanos <= 2_500; nanos += 100) {
        Instant bound = stored.plusNanos(nanos);
        assertThat(stored.isBefore(Times.bound(bound)))
            .as("%s before %s", stored, bound)
            .isEqualTo(stored.isBefore(bound));
      }
    }
  }

  @Test
  @DisplayName("that a store has returned are within the years that it can hold")
  void stored() {
    for (String text : List.of("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z")) {
      Instant time = Instant.parse(text);
      assertThat(Times.stored(time)).isEqualTo(time);
      assertThat(Times.isStored(time)).isTrue();
    }
    for (String text : List.of("0000-12-31T23:59:59.999999Z", "+10000-01-01T00:00:00Z")) {
      Instant time = Instant.parse(text);
      assertThatThrownBy(() -> Times.stored(time))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("outside the years 1 to 9999");
      assertThat(Times.isStored(time)).isFalse();
    }
  }

  @Test
  @DisplayName("belong to a day, which is numbered from 1970 and begins at midnight UTC")
  void days() {
    assertThat(Times.day(Instant.parse("1970-01-02T23:59:59.999999Z"))).isEqualTo(1);
    assertThat(Times.day(Instant.parse("1969-12-31T23:59:59.999999Z"))).isEqualTo(-1);
    assertThat(Times.startOfDay(1)).isEqualTo(Instant.parse("1970-01-02T00:00:00Z"));
    assertThat(Times.startOfDay(-1)).isEqualTo(Instant.parse("1969-12-31T00:00:00Z"));
  }
}
