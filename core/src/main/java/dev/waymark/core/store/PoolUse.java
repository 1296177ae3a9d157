package dev.waymark.core.store;

import java.util.List;

/**
 * The use of a pool: its leases, the task runs that wait for it and the workers that serve it.
 *
 * @param pool the pool
 * @param waiting number of its task runs that are ready to be claimed now; delayed ones do not
 *     count
 * @param workers number of live workers that serve it in all executions
 * @param heldBy the leases on its task runs, ordered by task run id, at most {@link #MAX_HOLDERS}
 * @since 0.1.0
 */
public record PoolUse(Pool pool, long waiting, int workers, List<LeaseHolder> heldBy) {
  /** Maximum number of leases in {@link #heldBy()}; {@link Pool#running()} counts all. */
  public static final int MAX_HOLDERS = 10;

  /** Keeps an unmodifiable copy. */
  public PoolUse {
    heldBy = List.copyOf(heldBy);
  }
}
