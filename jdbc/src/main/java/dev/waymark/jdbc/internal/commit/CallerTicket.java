package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.internal.decide.Submission;
import java.util.concurrent.locks.LockSupport;

/** The ticket of a thread that waits for its answer, and leads when it is the next leader. */
final class CallerTicket extends Ticket {
  private final Thread caller = Thread.currentThread();
  private volatile boolean promoted;

  CallerTicket(Submission submission) {
    super(submission);
  }

  @Override
  void release() {
    LockSupport.unpark(caller);
  }

  @Override
  boolean hasLedEnough() {
    return isAnswered();
  }

  @Override
  void promote() {
    promoted = true;
    LockSupport.unpark(caller);
  }

  /**
   * Waits for an answer or for promotion. An interrupt does not end the wait, because the commit
   * may already be in flight and the caller must receive its result. The interrupt flag of the
   * caller is set afterwards.
   */
  void await() {
    boolean interrupted = false;
    while (!isAnswered() && !promoted) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    promoted = false;
    if (interrupted) {
      caller.interrupt();
    }
  }
}
