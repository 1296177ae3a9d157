package dev.waymark.bench.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A ratio that Waymark must reach.
 *
 * @param name what is compared
 * @param measured the ratio within each round; the median counts
 * @param needed the least ratio, or the greatest one
 * @param isMost whether the needed ratio is the greatest one
 */
public record Target(String name, Spread measured, double needed, boolean isMost) {

  /** A ratio that must be at least the needed one. */
  public static Target least(String name, Spread measured, double needed) {
    return new Target(name, measured, needed, false);
  }

  /** A ratio that must be at most the needed one. */
  public static Target most(String name, Spread measured, double needed) {
    return new Target(name, measured, needed, true);
  }

  /** Whether the measured ratio is sufficient. */
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
    return List.of(
        name,
        measured.text("%.2f"),
        String.format(Locale.ROOT, "%s %.2f", isMost ? "<=" : ">=", needed),
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
