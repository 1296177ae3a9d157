package dev.waymark.cli.internal.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.cli.internal.base.CliException;
import dev.waymark.cli.internal.output.Nearest;
import dev.waymark.cli.internal.output.Numbers;
import dev.waymark.cli.internal.output.Printable;
import dev.waymark.cli.internal.output.Times;
import dev.waymark.cli.internal.output.Width;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("values and their formats")
class ValuesTest {
  private static final Instant NOW = Instant.parse("2026-03-10T12:00:00Z");

  @ParameterizedTest(name = "{0} is {1}")
  @DisplayName("times")
  @CsvSource({
    "2026-01-31, 2026-01-30T22:00:00Z",
    "2026-01-31T14:00, 2026-01-31T12:00:00Z",
    "2026-01-31 14:00:30.5, 2026-01-31T12:00:30.500Z",
    "2026-01-31T14:00:00Z, 2026-01-31T14:00:00Z",
    "2026-01-31t14:00:00z, 2026-01-31T14:00:00Z",
    "2026-01-31T14:00:00+01:00, 2026-01-31T13:00:00Z",
    "2026-01-31T14:00:00-05:00, 2026-01-31T19:00:00Z",
    "2h, 2026-03-10T10:00:00Z",
    "7d, 2026-03-03T12:00:00Z",
    "1h30m, 2026-03-10T10:30:00Z"
  })
  void times(String text, String instant) {
    assertThat(Values.time("--since", text, NOW, () -> ZoneOffset.ofHours(2)))
        .isEqualTo(Instant.parse(instant));
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("invalid durations")
  @ValueSource(strings = {"", "5", "s", "5 s", "-5s", "1.5s", "5w", "999999999999999999999s"})
  void noDurations(String text) {
    assertThatThrownBy(() -> Values.duration("busy-timeout", text))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("is not a duration");
  }

  @Test
  @DisplayName("durations are parsed, and shown with their two largest units")
  void durations() {
    assertThat(Values.duration("x", "9d3h4m5s6ms"))
        .isEqualTo(Duration.ofDays(9).plusHours(3).plusMinutes(4).plusMillis(5_006));
    assertThat(
            List.of(350L, 1_290L, 185_000L, 7_380_000L, 352_800_000L).stream()
                .map(Duration::ofMillis)
                .map(Times::duration))
        .containsExactly("350ms", "1.2s", "3m05s", "2h03m", "4d02h");
    assertThat(Times.duration(Duration.ofMillis(-5))).isEqualTo("0ms");
  }

  @Test
  @DisplayName("numbers have thousands separators")
  void numbers() {
    assertThat(List.of(0L, 999L, 1_000L, 1_234_567L).stream().map(Numbers::grouped))
        .containsExactly("0", "999", "1,000", "1,234,567");
    assertThat(Numbers.count(1, "task")).isEqualTo("1 task");
  }

  @Test
  @DisplayName("the most similar word is found for typing errors, and none for a different word")
  void nearest() {
    List<String> words = List.of("executions", "workflows", "--limit", "--label");
    assertThat(Nearest.to("exeuctions", words)).isEqualTo("executions");
    assertThat(Nearest.to("exec", words)).isEqualTo("executions");
    assertThat(Nearest.to("--limt", words)).isEqualTo("--limit");
    assertThat(Nearest.to("banana", words)).isNull();
  }

  @Test
  @DisplayName("characters that control a terminal are shown as escapes")
  void printable() {
    assertThat(Printable.line("a\u001b[1m\nb\tc\r\n\u0085\u202e\ufeffé世🎉"))
        .isEqualTo("a\\u001b[1m b c \\u0085\\u202e\\ufeffé世🎉");
    assertThat(Printable.block("a\r\nb\rc\td")).isEqualTo("a\nb\\u000dc\td");
    assertThat(Printable.firstLine("\n  one\ntwo")).isEqualTo("one");
  }

  @Test
  @DisplayName("wide and combining characters use as many columns as on a terminal")
  void width() {
    assertThat(Width.of("abc")).isEqualTo(3);
    assertThat(Width.of("世界")).isEqualTo(4);
    assertThat(Width.of("e\u0301")).isEqualTo(1);
    assertThat(Width.of("🎉")).isEqualTo(2);
    assertThat(Width.cut("abcdef", 4)).isEqualTo("abc…");
    assertThat(Width.cut("世界世界", 5)).isEqualTo("世界…");
    assertThat(Width.cut("abc", 3)).isEqualTo("abc");
  }
}
