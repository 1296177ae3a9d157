package dev.waymark.jdbc.internal.commit;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The thread of a caller that waits for its answer, and leads when it is the next leader. Created
 * by that thread.
 */
final class WaitingCaller {
  private final Thread caller = Thread.currentThread();
  private volatile boolean promoted;

  /** Ends the wait, once there is an answer. */
  void release() {
    LockSupport.unpark(caller);
  }

  /** Ends the wait, so that the caller leads. */
  void promote() {
    promoted = true;
    LockSupport.unpark(caller);
  }

  /**
   * Waits for an answer or for promotion. An interrupt does not end the wait, because the write may
   * already be in flight and the caller must receive its result. The interrupt flag of the caller
   * is set afterwards.
   */
  void await(BooleanSupplier isAnswered) {
    boolean interrupted = false;
    while (!isAnswered.getAsBoolean() && !promoted) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    promoted = false;
    if (interrupted) {
      caller.interrupt();
    }
  }
}
