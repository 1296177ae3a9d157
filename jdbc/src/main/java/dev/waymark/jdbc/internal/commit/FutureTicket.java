package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.internal.submit.Submission;
import dev.waymark.core.store.CommitResult;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The ticket of a change set for which no thread waits: a background thread leads for it. */
final class FutureTicket extends Ticket {
  private final CompletableFuture<CommitResult> future = new CompletableFuture<>();
  private final Consumer<FutureTicket> leader;

  /** A ticket that runs {@code leader} in the background when it is the next leader. */
  FutureTicket(Submission submission, Consumer<FutureTicket> leader) {
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
  boolean hasLedEnough() {
    return false;
  }

  @Override
  void promote() {
    leader.accept(this);
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
