package dev.waymark.bench.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A value that Waymark must reach: a ratio, or a number whose name tells its unit.
 *
 * @param name what is compared or measured
 * @param measured the value of each round; the median counts
 * @param needed the least value, or the greatest one
 * @param isMost whether the needed value is the greatest one
 */
public record Target(String name, Spread measured, double needed, boolean isMost) {

  /** The greatest ratio of two costs that are the same but for the noise of a small machine. */
  private static final double FLAT = 1.25;

  /** Needed values from this one on are shown without decimals. */
  private static final double LARGE = 100;

  /** A value that must be at least the needed one. */
  public static Target least(String name, Spread measured, double needed) {
    return new Target(name, measured, needed, false);
  }

  /** A value that must be at most the needed one. */
  public static Target most(String name, Spread measured, double needed) {
    return new Target(name, measured, needed, true);
  }

  /** A ratio of two costs that must not differ. */
  public static Target flat(String name, Spread measured) {
    return most(name, measured, FLAT);
  }

  /** Whether the measured value is sufficient. */
  public boolean isMet() {
    return isMost ? measured.median() <= needed : measured.median() >= needed;
  }

  /** A table of targets. */
  public static Table table(List<Target> targets) {
    return new Table(
        "Targets",
        List.of("target", "measured", "needed", "result"),
        targets.stream().map(Target::cells).toList());
  }

  private List<String> cells() {
    String format = needed >= LARGE ? "%,.0f" : "%.2f";
    return List.of(
        name,
        measured.text(format),
        (isMost ? "<= " : ">= ") + String.format(Locale.ROOT, format, needed),
        isMet() ? "met" : "short");
  }

  /** The values for a file. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("target", name);
    json.put("measured", measured.json());
    json.put(isMost ? "atMost" : "atLeast", needed);
    json.put("met", isMet());
    return json;
  }
}
