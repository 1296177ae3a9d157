package dev.waymark.bench.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The median and the range of some measured values.
 *
 * @param median the median
 * @param min the least value
 * @param max the greatest value
 */
public record Spread(double median, double min, double max) {

  /** The spread of at least one value. */
  public static Spread of(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    double median =
        sorted.size() % 2 == 1
            ? sorted.get(middle)
            : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    return new Spread(median, sorted.get(0), sorted.get(sorted.size() - 1));
  }

  /** The spread of one value. */
  public static Spread ofOne(double value) {
    return new Spread(value, value, value);
  }

  /** The least value that this fraction of at least one value does not exceed. */
  public static double percentile(List<Double> values, double fraction) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get((int) Math.ceil(fraction * sorted.size()) - 1);
  }

  /** The text for a table: the median, and the range in brackets. */
  public String text(String format) {
    return String.format(
        Locale.ROOT, format + " (" + format + " – " + format + ")", median, min, max);
  }

  /** The value for a file. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("median", median);
    json.put("min", min);
    json.put("max", max);
    return json;
  }
}
