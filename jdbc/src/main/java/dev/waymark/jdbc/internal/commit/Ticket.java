package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.internal.decide.Submission;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.CommitResult;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One change set's place in the queue, and where its answer will be. The answer is given once, by
 * the leader of its group: first it is noted, then whoever waits for it is released.
 */
abstract class Ticket {
  private final Submission submission;
  private @Nullable CommitResult result;
  private @Nullable RuntimeException error;
  private @Nullable Throwable failure;
  private volatile boolean answered;
  private @Nullable Set<ExecutionId> footprint;
  private boolean called;

  Ticket(Submission submission) {
    this.submission = submission;
  }

  final Submission submission() {
    return submission;
  }

  /** All executions that it touches, where that is known; see {@link InFlightGroups}. */
  final @Nullable Set<ExecutionId> footprint() {
    return footprint;
  }

  final void footprint(@Nullable Set<ExecutionId> touched) {
    footprint = touched;
  }

  /** Whether whoever waits for it has been called upon to lead and has not come to an end of it. */
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
   * Lets go of somebody whom nobody has answered, because this failure ended the leader. It needs
   * no memory and hardly any stack, of which there may be none; the error is made where the answer
   * is taken.
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

  /** Tells whoever waits that there is an answer. Called in the leader's thread; short. */
  abstract void release();

  /** Whether whoever waits for this ticket need not lead any longer. */
  abstract boolean hasLedEnough();

  /** Makes whoever waits the next leader, or sees to it that there is one. */
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
              + " failed; whether it was stored is not known, repeat it with the same commit id",
          failure,
          StoreUnavailableException.Outcome.UNKNOWN);
    }
    return result;
  }
}
