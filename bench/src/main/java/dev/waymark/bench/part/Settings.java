package dev.waymark.bench.part;

import dev.waymark.bench.peer.Peer;
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
 * @param peers other products to measure beside Waymark
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
    List<Peer> peers,
    int rounds,
    Duration slice,
    List<Integer> threads,
    int inFlight,
    List<Long> sizes,
    List<Long> executions) {
  private static final Duration LEAST_MEANINGFUL_SLICE = Duration.ofSeconds(1);
  private static final Duration LEAST_WARM_UP = Duration.ofSeconds(6);

  /** The other products that run on this backend. */
  public List<Peer> peers(Backend backend) {
    return peers.stream().filter(peer -> peer.runsOn(backend)).toList();
  }

  /** The names of all other products. */
  public List<String> peerNames() {
    return peers.stream().map(Peer::name).toList();
  }

  /**
   * How long an implementation warms up. Unless the slices are so short that the numbers mean
   * little, it is long enough for the compiler of Java: otherwise the result would depend on the
   * parts that were measured before.
   */
  public Duration warmUp() {
    Duration twoSlices = slice.multipliedBy(2);
    boolean isTooShort =
        slice.compareTo(LEAST_MEANINGFUL_SLICE) >= 0 && twoSlices.compareTo(LEAST_WARM_UP) < 0;
    return isTooShort ? LEAST_WARM_UP : twoSlices;
  }
}
