package dev.waymark.runner.internal;

import java.time.Duration;

/**
 * Durations as a workflow file writes them: {@code 1h30m}, {@code 10m}, {@code 2s}, {@code 500ms}.
 */
final class DurationText {
  private DurationText() {}

  static String of(Duration duration) {
    StringBuilder out = new StringBuilder();
    append(out, duration.toHours(), "h");
    append(out, duration.toMinutesPart(), "m");
    append(out, duration.toSecondsPart(), "s");
    append(out, duration.toMillisPart(), "ms");
    return out.isEmpty() ? "0s" : out.toString();
  }

  private static void append(StringBuilder out, long count, String unit) {
    if (count > 0) {
      out.append(count).append(unit);
    }
  }
}
