package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.internal.submit.Submission;

/** The ticket of a thread that waits for its answer, and leads when it is the next leader. */
final class CallerTicket extends Ticket {
  private final WaitingCaller caller = new WaitingCaller();

  CallerTicket(Submission submission) {
    super(submission);
  }

  @Override
  void release() {
    caller.release();
  }

  @Override
  boolean hasLedEnough() {
    return isAnswered();
  }

  @Override
  void promote() {
    caller.promote();
  }

  /** Waits for an answer or for promotion. */
  void await() {
    caller.await(this::isAnswered);
  }
}
