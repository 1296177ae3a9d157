package dev.waymark.jdbc.internal.commit;

import java.util.concurrent.Semaphore;

/**
 * How many groups of a store, of commits and of claims together, have a transaction at a time. A
 * leader takes a turn before it takes its group from the queue, so whatever arrives while it waits
 * is part of its group: most of the cost of a small group is the fixed cost of a group. Turns are
 * given in the order in which they are asked for. Thread-safe.
 */
final class Turns {
  private final Semaphore free;

  /** Turns for this number of groups at a time. */
  Turns(int most) {
    this.free = new Semaphore(most, true);
  }

  /** Waits for a turn; an interrupt does not end the wait. */
  void take() {
    free.acquireUninterruptibly();
  }

  /** Ends a turn. */
  void giveBack() {
    free.release();
  }
}
