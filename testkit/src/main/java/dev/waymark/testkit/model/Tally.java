package dev.waymark.testkit.model;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How often what was asked and answered in a run, or in several: proof that the runs were not about
 * nothing. What read everything again is not counted. Not thread-safe.
 */
public final class Tally {
  private final Map<String, Map<String, Integer>> counts = new TreeMap<>();

  /** Nothing counted yet. */
  public Tally() {}

  void count(String operation, String answer) {
    counts.computeIfAbsent(operation, name -> new TreeMap<>()).merge(answer, 1, Integer::sum);
  }

  /** Adds what another run counted. */
  public void add(Tally other) {
    other.counts.forEach(
        (operation, answers) ->
            answers.forEach(
                (answer, count) ->
                    counts
                        .computeIfAbsent(operation, name -> new TreeMap<>())
                        .merge(answer, count, Integer::sum)));
  }

  /** How often an operation was asked, for example {@code Commit}. */
  int count(String operation) {
    return sum(counts.getOrDefault(operation, Map.of()).values());
  }

  /** How many of a hundred such operations were answered so. */
  double percent(String operation, String answer) {
    int all = count(operation);
    int some = counts.getOrDefault(operation, Map.of()).getOrDefault(answer, 0);
    return all == 0 ? 0 : 100.0 * some / all;
  }

  private static int sum(Collection<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).sum();
  }

  /** A line for each operation: how often it was asked, and how often it was answered how. */
  @Override
  public String toString() {
    return counts.entrySet().stream()
        .map(
            line ->
                String.format(
                    Locale.ROOT,
                    "  %-18s %7d  %s",
                    line.getKey(),
                    count(line.getKey()),
                    line.getValue()))
        .collect(Collectors.joining(System.lineSeparator()));
  }
}
