package dev.waymark.bench.part;

import dev.waymark.bench.place.Backend;
import dev.waymark.bench.place.Storage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How much is measured, and where.
 *
 * @param ground where the stores are
 * @param root the folder of the sources, in which the launcher is
 * @param backends which backends
 * @param rounds how many rounds
 * @param slice how long a contestant works in a round
 * @param threads numbers of threads for commits
 * @param inFlight how many commits are in flight at the same time
 * @param sizes how many executions the large stores hold
 * @param courses after how many whole executions the size on the disk is taken
 */
public record Settings(
    Storage ground,
    Path root,
    List<Backend> backends,
    int rounds,
    Duration slice,
    List<Integer> threads,
    int inFlight,
    List<Long> sizes,
    List<Long> courses) {

  /** How long a contestant warms up. */
  public Duration warmUp() {
    return slice.multipliedBy(2);
  }
}
