package dev.waymark.core.store;

import dev.waymark.core.internal.Callbacks;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * A listener for the number and the duration of writes, for metrics.
 *
 * <p>The store calls it after a write, on the thread that wrote, and on several threads when
 * several write. So it must be thread-safe. The next write may wait for it, so it must return
 * quickly and must not use the store. An exception that it throws does not affect the write. The
 * store logs the first such exception and ignores all others.
 *
 * <p>For example:
 *
 * <pre>{@code
 * StoreObserver observer =
 *     new StoreObserver() {
 *       @Override
 *       public void committed(int changeSets, int accepted, Duration took) {
 *         System.out.println(accepted + " of " + changeSets + " in " + took);
 *       }
 *     };
 * StateStore observed = SqliteStateStore.builder(file).observer(observer).build();
 * }</pre>
 *
 * @since 0.1.0
 */
public interface StoreObserver {

  /** An observer that does nothing. */
  StoreObserver NONE = new StoreObserver() {};

  /**
   * Returns an observer that calls all of these, in this order. An exception of one does not affect
   * the others.
   */
  static StoreObserver all(StoreObserver... observers) {
    List<StoreObserver> all = Stream.of(observers).filter(each -> each != NONE).toList();
    if (all.size() < 2) {
      return all.isEmpty() ? NONE : all.get(0);
    }
    return new StoreObserver() {
      @Override
      public void committed(int changeSets, int accepted, Duration took) {
        Callbacks.callEach(all, each -> each.committed(changeSets, accepted, took));
      }

      @Override
      public void claimed(int taskRuns, Duration took) {
        Callbacks.callEach(all, each -> each.claimed(taskRuns, took));
      }
    };
  }

  /**
   * The store has completed a group of change sets, which it committed together (group commit).
   *
   * @param changeSets number of change sets in the group, 1 or more
   * @param accepted number of change sets that were accepted, now or at an earlier time; the others
   *     were refused, or failed
   * @param took how long the group took, including all retries, without the time that its change
   *     sets waited for the previous group
   */
  default void committed(int changeSets, int accepted, Duration took) {}

  /**
   * The store has completed a claim. A claim that failed is not reported.
   *
   * @param taskRuns number of claimed task runs, 0 or more
   * @param took how long the claim took, including all retries
   */
  default void claimed(int taskRuns, Duration took) {}
}
