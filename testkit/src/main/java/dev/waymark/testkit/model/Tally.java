package dev.waymark.testkit.model;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Counts the operations and the answers of one or more runs, as evidence that the runs tested
 * something. Repeated reads of everything are not counted. Not thread-safe.
 *
 * @since 0.1.0
 */
public final class Tally {
  private final Map<String, Map<String, Integer>> counts = new TreeMap<>();

  /** Creates an empty tally. */
  public Tally() {}

  void count(String operation, String answer) {
    counts.computeIfAbsent(operation, name -> new TreeMap<>()).merge(answer, 1, Integer::sum);
  }

  /** Adds the counts of another run. */
  public void add(Tally other) {
    other.counts.forEach(
        (operation, answers) ->
            answers.forEach(
                (answer, count) ->
                    counts
                        .computeIfAbsent(operation, name -> new TreeMap<>())
                        .merge(answer, count, Integer::sum)));
  }

  /** The number of operations with this name, for example {@code Commit}. */
  int count(String operation) {
    return sum(counts.getOrDefault(operation, Map.of()).values());
  }

  /** The percentage of these operations that had this answer. */
  double percent(String operation, String answer) {
    int all = count(operation);
    int some = counts.getOrDefault(operation, Map.of()).getOrDefault(answer, 0);
    return all == 0 ? 0 : 100.0 * some / all;
  }

  private static int sum(Collection<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).sum();
  }

  /** A line for each operation: the number of operations, and the number of each answer. */
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
