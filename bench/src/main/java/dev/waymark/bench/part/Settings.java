package dev.waymark.bench.part;

import dev.waymark.bench.storage.Backend;
import dev.waymark.bench.storage.Storage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The extent and the location of the measurements.
 *
 * @param storage where the stores are
 * @param root the folder of the sources, which contains the launcher
 * @param backends the backends to measure
 * @param rounds the number of rounds
 * @param slice how long an implementation works in a round
 * @param threads numbers of threads for commits
 * @param inFlight the number of commits in flight at the same time
 * @param sizes the numbers of executions in the large stores
 * @param executions the numbers of whole executions after which the size on the disk is measured
 */
public record Settings(
    Storage storage,
    Path root,
    List<Backend> backends,
    int rounds,
    Duration slice,
    List<Integer> threads,
    int inFlight,
    List<Long> sizes,
    List<Long> executions) {

  /** How long an implementation warms up. */
  public Duration warmUp() {
    return slice.multipliedBy(2);
  }
}
