package dev.waymark.core.store;

import java.util.List;

/**
 * What uses a pool, what waits for it and who serves it.
 *
 * @param pool the pool
 * @param waiting how many of its task runs could be claimed now; those that are delayed do not
 *     count
 * @param workers how many living workers serve it in every execution
 * @param heldBy the leases on task runs of it, ordered by task run id, at most {@link #MAX_HOLDERS}
 */
public record PoolUse(Pool pool, long waiting, int workers, List<LeaseHolder> heldBy) {
  /** How many leases are named of each pool; {@link Pool#running()} counts all. */
  public static final int MAX_HOLDERS = 10;

  /** Keeps an unmodifiable copy. */
  public PoolUse {
    heldBy = List.copyOf(heldBy);
  }
}
