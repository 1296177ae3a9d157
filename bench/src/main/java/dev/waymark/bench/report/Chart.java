package dev.waymark.bench.report;

import java.util.List;

/**
 * Groups of bars, one bar for each series, with whiskers from the least to the greatest value.
 *
 * @param name the end of its file name
 * @param title what it shows
 * @param unit the unit of all values
 * @param isLogarithmic whether equal ratios, rather than equal differences, have equal distances
 * @param series the names of the series, in the order of the bars
 * @param groups the groups
 * @param whisker the two ends of the whiskers, in words
 */
public record Chart(
    String name,
    String title,
    String unit,
    boolean isLogarithmic,
    List<String> series,
    List<Group> groups,
    String whisker) {

  /** Whiskers that go from the least to the greatest value. */
  public Chart(
      String name,
      String title,
      String unit,
      boolean isLogarithmic,
      List<String> series,
      List<Group> groups) {
    this(name, title, unit, isLogarithmic, series, groups, "from the least to the greatest");
  }

  /**
   * Bars that are compared with each other.
   *
   * @param label what they have in common
   * @param bars one for each series; a missing bar has no value
   */
  public record Group(String label, List<Bar> bars) {}

  /**
   * One bar.
   *
   * @param series its series
   * @param spread its height, and the ends of its whisker
   */
  public record Bar(String series, Spread spread) {}
}
