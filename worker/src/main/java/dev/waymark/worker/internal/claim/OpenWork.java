package dev.waymark.worker.internal.claim;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.StateStore;
import dev.waymark.worker.internal.base.Interval;
import dev.waymark.worker.internal.base.RetriedCalls;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Work that no claim returns, and how often to look for it. It is due for the first time at once.
 * Belongs to one thread.
 */
public final class OpenWork {
  /** A lease of a dead worker on this machine need not expire; this is the interval of a look. */
  private static final Duration LEASES_INTERVAL = Duration.ofSeconds(5);

  /** This should only find executions that nothing else finds. */
  private static final Duration STALLED_INTERVAL = Duration.ofMinutes(10);

  private final StateStore store;
  private final RetriedCalls retries;
  private final Interval leases = new Interval(LEASES_INTERVAL);
  private final Interval stalled = new Interval(STALLED_INTERVAL);

  /** Creates it for the worker with these retried calls. */
  public OpenWork(StateStore store, RetriedCalls retries) {
    this.store = store;
    this.retries = retries;
  }

  /** Whether to look at the leases of all workers. */
  public boolean areLeasesDue() {
    return leases.isDue();
  }

  /** Makes a look at the leases due at once. */
  public void lookAtLeasesNow() {
    leases.dueNow();
  }

  /** Returns the leases of all workers. The next look is due after an interval. */
  public List<Claims.Leased> leases() {
    leases.restart();
    return retries.call(() -> store.leases(store.limits().maxPageSize()));
  }

  /** Whether to look for executions that nothing moves. */
  public boolean isStalledDue() {
    return stalled.isDue();
  }

  /** Makes a look for executions that nothing moves due at once. */
  public void lookForStalledNow() {
    stalled.dueNow();
  }

  /** Passes on each execution that nothing moves. The next look is due after an interval. */
  public void stalled(Consumer<ExecutionId> each) {
    stalled.restart();
    List<ExecutionId> page = stalledAfter(null);
    while (!page.isEmpty()) {
      page.forEach(each);
      page = stalledAfter(page.get(page.size() - 1));
    }
  }

  private List<ExecutionId> stalledAfter(@Nullable ExecutionId last) {
    return retries.call(() -> store.stalled(last, store.limits().maxPageSize()));
  }
}
