package dev.waymark.worker.internal.base;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Wakes a thread that waits. A signal that is set while no thread waits is kept for the next wait.
 * Thread-safe.
 */
public final class Signal {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean isSet;

  /** Wakes the thread that waits, or the next one that would. */
  public void set() {
    lock.lock();
    try {
      isSet = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Returns when the signal is set, or after this time. The signal is then no longer set. */
  public void await(long nanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = nanos;
      while (!isSet && left > 0) {
        left = changed.awaitNanos(left);
      }
      isSet = false;
    } finally {
      lock.unlock();
    }
  }
}
