package dev.waymark.jdbc.internal;

import dev.waymark.core.internal.read.Questions;

/**
 * Counts the calls that use a store, so that it is closed when the last of them has ended. A call
 * may end in another thread than it began in. Thread-safe.
 */
final class OpenCalls {
  private int calls;
  private boolean closed;

  /**
   * Begins a call.
   *
   * @throws IllegalStateException when the store is closed
   */
  synchronized void begin() {
    if (closed) {
      throw Questions.closed();
    }
    calls++;
  }

  /** Ends a call. */
  synchronized void end() {
    calls--;
    if (calls == 0) {
      notifyAll();
    }
  }

  /**
   * Refuses further calls and waits until the running ones have ended. An interrupt does not end
   * the wait; the thread finds its flag set afterwards.
   *
   * @return whether it was open; false for all but the first call, without waiting
   */
  synchronized boolean close() {
    if (closed) {
      return false;
    }
    closed = true;
    boolean interrupted = false;
    while (calls > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return true;
  }
}
