package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.internal.submit.Submission;
import dev.waymark.core.store.CommitResult;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The position of one change set in the queue, and the holder of its answer. The leader of its
 * group sets the answer once, and then releases the waiting thread.
 */
abstract class Ticket {
  private final Submission submission;
  private @Nullable CommitResult result;
  private @Nullable RuntimeException error;
  private @Nullable Throwable failure;
  private volatile boolean answered;
  private @Nullable Set<Object> footprint;
  private boolean called;

  Ticket(Submission submission) {
    this.submission = submission;
  }

  final Submission submission() {
    return submission;
  }

  /** All ids that it touches, where they are known; see {@link HeadCache#touched}. */
  final @Nullable Set<Object> footprint() {
    return footprint;
  }

  final void footprint(@Nullable Set<Object> touched) {
    footprint = touched;
  }

  /** Whether the waiter of this ticket was promoted to leader and still leads. */
  final boolean isCalled() {
    return called;
  }

  final void called(boolean isCalled) {
    called = isCalled;
  }

  /** Answers that it is stored; the first answer counts. */
  final void succeed(CommitResult answer) {
    if (answered) {
      return;
    }
    result = answer;
    answered = true;
    release();
  }

  /** Answers with an error; the first answer counts. */
  final void fail(RuntimeException answer) {
    if (answered) {
      return;
    }
    error = answer;
    answered = true;
    release();
  }

  /**
   * Releases a waiter without an answer, because this failure ended the leader. It needs no heap
   * memory and hardly any stack, because both may be exhausted. The waiter creates the error when
   * it takes the answer.
   */
  final void abandon(@Nullable Throwable cause) {
    if (!answered) {
      failure = cause;
      answered = true;
      release();
    }
  }

  final boolean isAnswered() {
    return answered;
  }

  /** Whether the answer is that it was accepted. Known in the thread that gave the answer. */
  final boolean hasSucceeded() {
    return result != null;
  }

  /** Notifies the waiter that there is an answer. Called in the leader's thread; must be short. */
  abstract void release();

  /** Whether the waiter of this ticket need not lead any longer. */
  abstract boolean hasLedEnough();

  /** Makes the waiter the next leader, or ensures that there is one. */
  abstract void promote();

  /** The answer, or the error as a throw. */
  final CommitResult answer() {
    if (error != null) {
      throw error;
    }
    if (result == null) {
      throw new StoreUnavailableException(
          "the thread that committed change set "
              + submission.changes().id()
              + " failed; it is unknown whether it was stored: repeat it with the same commit id",
          failure,
          StoreUnavailableException.Outcome.UNKNOWN);
    }
    return result;
  }
}
