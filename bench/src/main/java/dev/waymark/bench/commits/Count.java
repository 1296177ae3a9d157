package dev.waymark.bench.commits;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The change that the ceiling makes to the counts of executions for a group, as Waymark's triggers
 * do for Waymark.
 *
 * @param workflow a workflow, or empty for all of them
 * @param state a state
 * @param day the day of creation, in days since 1970-01-01
 * @param executions by how much the number of executions grows
 */
record Count(String workflow, String state, long day, long executions) {

  /** All changes of a group, one for each row. */
  static List<Count> of(List<Entry> group) {
    Map<Count, Long> sums = new LinkedHashMap<>();
    for (Entry entry : group) {
      switch (entry.step().kind()) {
        case CREATE -> add(sums, entry, "PENDING", 1);
        case START -> {
          add(sums, entry, "PENDING", -1);
          add(sums, entry, "RUNNING", 1);
        }
        case FINISH -> {
          add(sums, entry, "RUNNING", -1);
          add(sums, entry, "SUCCEEDED", 1);
        }
        default -> {}
      }
    }
    return sums.entrySet().stream()
        .filter(entry -> entry.getValue() != 0)
        .map(entry -> entry.getKey().times(entry.getValue()))
        .toList();
  }

  private static void add(Map<Count, Long> sums, Entry entry, String state, long change) {
    // The id of an execution begins with the time of its creation.
    long millis = entry.step().lifecycle().execution().value().getMostSignificantBits() >>> 16;
    long day = Instant.ofEpochMilli(millis).getEpochSecond() / 86_400;
    sums.merge(new Count("", state, day, 0), change, Long::sum);
    sums.merge(
        new Count(entry.step().lifecycle().workflow().value(), state, day, 0), change, Long::sum);
  }

  private Count times(long change) {
    return new Count(workflow, state, day, change);
  }
}
