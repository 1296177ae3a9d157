package dev.waymark.bench.report;

import java.util.Locale;

/** Formats numbers for people. */
public final class Numbers {
  private Numbers() {}

  /** Formats with about three digits, and with thousands separated. */
  public static String brief(double value) {
    if (Math.abs(value) >= 100 || value == Math.rint(value)) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    if (Math.abs(value) >= 10) {
      return String.format(Locale.ROOT, "%.1f", value);
    }
    return Math.abs(value) >= 0.1
        ? String.format(Locale.ROOT, "%.2f", value)
        : String.format(Locale.ROOT, "%.4f", value);
  }

  /** A size such as 100k or 10m. */
  public static String size(long count) {
    if (count >= 1_000_000 && count % 1_000_000 == 0) {
      return count / 1_000_000 + "m";
    }
    return count >= 1_000 && count % 1_000 == 0 ? count / 1_000 + "k" : Long.toString(count);
  }
}
