package dev.waymark.postgres.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the scans of claims begin in the indexes of what is ready, due and leased.
 *
 * <p><b>Problem.</b> While any session holds an old snapshot, PostgreSQL keeps the index entry of
 * each row that has gone, and each scan reads all of them. A queue leaves its dead entries at the
 * old end, where every claim begins its scan.
 *
 * <p><b>Solution.</b> A scan begins at a lower bound: the first live row, or a time for which it is
 * proven that no older row can appear. All times in these indexes are {@code clock_timestamp()}
 * plus a delay that is not negative, evaluated while the writer holds a ROW EXCLUSIVE lock on the
 * table, which it keeps until its transaction is visible or rolled back. So:
 *
 * <ol>
 *   <li>A claim reads the time T, and then from {@code pg_locks} who holds such a lock: the pending
 *       transactions.
 *   <li>When all of these are gone from {@code pg_locks}, in the same claim or in a later one,
 *       every row older than T is visible to each statement that begins afterwards.
 *   <li>The next statement reads the first live row of each lane. Nothing before it, and before T
 *       minus {@link #MARGIN}, is alive or will ever be.
 * </ol>
 *
 * <p><b>Not covered by the proof</b> is a clock that is set back by more than the margin between
 * two reads, and a row that someone else writes with an old time. So all bounds are dropped every
 * {@link #VALID}, when the clock of the server is found to have gone back, and when the server is
 * another one. The next claim then scans everything.
 *
 * <p>A lane that is not known is found by a scan of the priorities between known lanes. So no row
 * is missed there; only dead entries are not skipped.
 *
 * <p>Nothing of this is stored but the lanes, and no commit waits for it. Thread-safe.
 */
final class ScanBounds {
  /** How much the clock of the server may go back without a row being missed until a reset. */
  static final Duration MARGIN = Duration.ofSeconds(1);

  /** How long bounds are valid before everything is scanned again. */
  static final Duration VALID = Duration.ofSeconds(30);

  /** The minimum time between two refreshes. */
  private static final long REFRESH_NANOS = Duration.ofMillis(500).toNanos();

  /** The maximum number of lanes; beyond it, the bounds start from nothing. */
  private static final int MOST_POOLS = 1_000;

  /** The bound of a scan from the beginning. */
  static final Instant EVER = Instant.MIN;

  /**
   * A part of the index of ready task runs, in the order of time.
   *
   * @param pool the pool
   * @param priority the priority
   */
  record Lane(String pool, int priority) {}

  /**
   * Priorities of a pool: of one known lane, or between known lanes.
   *
   * @param pool the pool
   * @param least the least priority, included
   * @param greatest the greatest priority, included
   * @param begin where the scan of the lane begins; null between known lanes
   */
  record Range(String pool, int least, int greatest, @Nullable Instant begin) {}

  /**
   * What one look at the server found.
   *
   * @param server when the server started, which distinguishes servers
   * @param at the time T
   * @param writers the transactions that held a lock for writing after T
   */
  record Horizon(String server, Instant at, Set<String> writers) {}

  private final Set<String> pools = new HashSet<>();
  private final Map<Lane, Instant> lanes = new HashMap<>();
  private Instant dueBegin = EVER;
  private Instant leaseBegin = EVER;

  private @Nullable Object refreshing;
  private long refreshedAt;
  private boolean isFresh;

  private @Nullable Horizon last;
  private @Nullable Instant validSince;
  private @Nullable Instant candidate;
  private final Set<String> pending = new HashSet<>();

  /**
   * Begins a refresh with a claim of these pools; returns what identifies it, or null while none is
   * needed.
   */
  synchronized @Nullable Object begin(Collection<String> claimed) {
    long now = System.nanoTime();
    if (isFresh && now - refreshedAt < REFRESH_NANOS) {
      return null;
    }
    isFresh = true;
    refreshedAt = now;
    Object refresh = new Object();
    start(refresh, claimed);
    return refresh;
  }

  /**
   * Starts this refresh for a claim of these pools. The results of an earlier one that has not
   * ended are ignored from now on: it may never end.
   */
  synchronized void start(Object refresh, Collection<String> claimed) {
    refreshing = refresh;
    if (pools.addAll(claimed) && pools.size() > MOST_POOLS) {
      reset();
      lanes.clear();
      pools.clear();
      pools.addAll(claimed);
    }
  }

  /** The pools whose lanes are refreshed: all that claims of this store have named. */
  synchronized List<String> pools() {
    return List.copyOf(pools);
  }

  /** The known lanes with their bounds. */
  synchronized Map<Lane, Instant> lanes() {
    return Map.copyOf(lanes);
  }

  /** The bound of due executions. */
  synchronized Instant dueBegin() {
    return dueBegin;
  }

  /** The bound of expired leases. */
  synchronized Instant leaseBegin() {
    return leaseBegin;
  }

  /** All priorities of these pools, in ranges. */
  synchronized List<Range> ranges(Collection<String> claimed) {
    List<Range> ranges = new ArrayList<>();
    for (String pool : claimed) {
      int above = Integer.MIN_VALUE;
      for (Lane lane : known(pool)) {
        if (above < lane.priority()) {
          ranges.add(new Range(pool, above, lane.priority() - 1, null));
        }
        ranges.add(new Range(pool, lane.priority(), lane.priority(), lanes.get(lane)));
        above = lane.priority() + 1;
      }
      ranges.add(new Range(pool, above, Integer.MAX_VALUE, null));
    }
    return ranges;
  }

  /** The known lanes of a pool by priority; the rules allow priorities from -100 to 100. */
  private List<Lane> known(String pool) {
    return lanes.keySet().stream()
        .filter(lane -> lane.pool().equals(pool))
        .sorted(Comparator.comparingInt(Lane::priority))
        .toList();
  }

  /**
   * Takes the transactions of the server that a refresh found; returns the time before which
   * nothing new can appear to statements that began after that, or null when this is not proven of
   * any time, or the refresh has been replaced.
   */
  synchronized @Nullable Instant take(Object refresh, Horizon found) {
    if (refresh != refreshing) {
      return null;
    }
    Horizon before = last;
    last = found;
    if (isOver(before, found)) {
      reset();
      validSince = found.at();
      refreshing = null;
      isFresh = false;
      return null;
    }
    pending.retainAll(found.writers());
    // A prepared transaction has another name than before, so it may be any of the pending ones.
    found.writers().stream().filter(ScanBounds::isPrepared).forEach(pending::add);
    Instant proven = pending.isEmpty() ? candidate : null;
    if (found.writers().isEmpty()) {
      proven = found.at();
    }
    if (proven != null || candidate == null) {
      candidate = found.at();
      pending.clear();
      pending.addAll(found.writers());
    }
    return proven == null ? null : proven.minus(MARGIN);
  }

  private boolean isOver(@Nullable Horizon before, Horizon found) {
    Instant since = validSince;
    return since == null
        || before == null
        || !before.server().equals(found.server())
        || found.at().isBefore(before.at())
        || since.plus(VALID).isBefore(found.at());
  }

  private static boolean isPrepared(String transaction) {
    return transaction.startsWith("-1/");
  }

  private void reset() {
    lanes.replaceAll((lane, begin) -> EVER);
    dueBegin = EVER;
    leaseBegin = EVER;
    candidate = null;
    pending.clear();
  }

  /** Takes the first live row of a lane; {@code proven} is what {@link #take} returned. */
  synchronized void takeLane(
      Object refresh, Lane lane, @Nullable Instant proven, @Nullable Instant first) {
    if (refresh == refreshing && pools.contains(lane.pool())) {
      lanes.merge(lane, bound(proven, first), ScanBounds::later);
    }
  }

  /** Takes the first due execution and the first expired lease, and ends the refresh. */
  synchronized void takeTimes(
      Object refresh, @Nullable Instant proven, @Nullable Instant due, @Nullable Instant lease) {
    if (refresh == refreshing) {
      dueBegin = later(dueBegin, bound(proven, due));
      leaseBegin = later(leaseBegin, bound(proven, lease));
      refreshing = null;
    }
  }

  private static Instant bound(@Nullable Instant proven, @Nullable Instant first) {
    if (proven == null) {
      return EVER;
    }
    return first != null && first.isBefore(proven) ? first : proven;
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }
}
