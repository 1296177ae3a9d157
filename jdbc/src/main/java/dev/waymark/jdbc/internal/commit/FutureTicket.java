package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.internal.decide.Submission;
import dev.waymark.core.store.CommitResult;
import java.util.concurrent.CompletableFuture;

/** The ticket of a change set for which no thread waits: a background thread leads for it. */
final class FutureTicket extends Ticket {
  private final CompletableFuture<CommitResult> future = new CompletableFuture<>();
  private final Runnable leader;

  /** A ticket that has {@code leader} run in the background when it is its turn to lead. */
  FutureTicket(Submission submission, Runnable leader) {
    super(submission);
    this.leader = leader;
  }

  CompletableFuture<CommitResult> future() {
    return future;
  }

  /** Nothing yet: the futures of a group are completed together, outside of the leader's thread. */
  @Override
  void release() {}

  @Override
  void promote() {
    leader.run();
  }

  /** Completes the future with the answer. */
  void complete() {
    try {
      future.complete(answer());
    } catch (RuntimeException e) {
      future.completeExceptionally(e);
    }
  }
}
