package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.internal.decide.Submission;
import dev.waymark.core.store.CommitResult;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One caller's place in the queue: the change set, and where its answer will be. The answer is
 * given once, by the leader of the caller's group.
 */
final class Ticket {
  private final Submission submission;
  private final Thread caller = Thread.currentThread();
  private @Nullable CommitResult result;
  private @Nullable RuntimeException error;
  private volatile boolean answered;
  private volatile boolean promoted;

  Ticket(Submission submission) {
    this.submission = submission;
  }

  Submission submission() {
    return submission;
  }

  void succeed(CommitResult answer) {
    result = answer;
    answered = true;
    LockSupport.unpark(caller);
  }

  void fail(RuntimeException answer) {
    error = answer;
    answered = true;
    LockSupport.unpark(caller);
  }

  /**
   * Lets go of a caller whom nobody has answered, because the leader broke down. It needs no memory
   * and hardly any stack, of which there may be none; the caller makes its error itself.
   */
  void abandon() {
    if (!answered) {
      answered = true;
      LockSupport.unpark(caller);
    }
  }

  boolean isAnswered() {
    return answered;
  }

  /** Makes the waiting caller the next leader. */
  void promote() {
    promoted = true;
    LockSupport.unpark(caller);
  }

  /**
   * Waits for an answer or for promotion. An interrupt does not end the wait, since the change set
   * may already be on its way to the disk and the caller must hear what became of it; the caller
   * finds its interrupt flag set afterwards.
   */
  void await() {
    boolean interrupted = false;
    while (!answered && !promoted) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      caller.interrupt();
    }
  }

  /** The answer, in the caller's own thread. */
  CommitResult answer() {
    if (error != null) {
      throw error;
    }
    if (result == null) {
      throw new StoreUnavailableException(
          "the thread that committed change set "
              + submission.changes().id()
              + " together with others broke down; whether it was stored is not known, repeat it"
              + " with its commit id",
          null);
    }
    return result;
  }
}
