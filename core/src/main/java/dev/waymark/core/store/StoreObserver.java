package dev.waymark.core.store;

import java.time.Duration;

/**
 * Hears how much a store writes and how long that takes, for metrics.
 *
 * <p>Called after the write has come to its end, on the thread that did it, and on several at a
 * time where several write; so it must be thread-safe. The next write may wait for it, so it must
 * be quick and must not use the store. What it throws harms no write: the first such exception is
 * logged, and all are ignored.
 */
public interface StoreObserver {

  /** Hears nothing. */
  StoreObserver NONE = new StoreObserver() {};

  /**
   * A group of change sets, which became durable together, has been answered.
   *
   * @param changeSets how many there were, 1 or more
   * @param accepted how many of them were accepted, now or at an earlier time; the others were
   *     refused, or failed
   * @param took how long the group was worked on, all tries together, without the time in which its
   *     change sets waited for the group before
   */
  default void committed(int changeSets, int accepted, Duration took) {}

  /**
   * A claim has been answered; one that failed is not told.
   *
   * @param taskRuns how many task runs were taken, 0 or more
   * @param took how long it was worked on, all tries together
   */
  default void claimed(int taskRuns, Duration took) {}
}
