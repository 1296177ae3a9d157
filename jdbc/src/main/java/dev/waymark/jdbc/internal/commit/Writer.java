package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.internal.submit.Submission;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StoreObserver;
import dev.waymark.jdbc.internal.notify.Listeners;
import dev.waymark.jdbc.internal.sql.Dialect;
import dev.waymark.jdbc.internal.sql.SessionSource;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The entry point of all writes: commits and claims, each in groups. Both share one cache. */
public final class Writer implements AutoCloseable {
  private final GroupCommitter committer;
  private final GroupTransaction groups;
  private final ClaimGroups claims;
  private final ObserverCalls observer;

  /**
   * Writes with transactions on these sessions, within these limits, and retries each for at most
   * {@code retryTimeout}.
   *
   * @param ready called after each group by which something may have become ready or due
   * @param observer is notified of each group and each claim
   */
  public Writer(
      SessionSource sessions,
      Dialect dialect,
      InstantSource clock,
      Limits limits,
      Duration retryTimeout,
      Listeners ready,
      StoreObserver observer) {
    HeadCache heads = new HeadCache();
    Transactions transactions = new Transactions(sessions, dialect, heads);
    DueReads dueReads = new DueReads(System::nanoTime);
    this.groups =
        new GroupTransaction(
            transactions, dialect, heads, limits, retryTimeout, ready, dueReads::mark);
    ClaimTransaction claim =
        new ClaimTransaction(transactions, dialect, heads, clock, limits, retryTimeout, dueReads);
    Turns turns = new Turns(dialect.writers());
    this.claims = new ClaimGroups(claim::run, turns, dialect.writers(), limits.maxClaims());
    this.observer = new ObserverCalls(observer);
    this.committer =
        new GroupCommitter(
            this::run, turns, new InFlightGroups(dialect.writers(), heads::touched), limits);
  }

  /** Commits a change set together with those that wait at the same moment. */
  public CommitResult commit(Submission submission) {
    return committer.commit(submission);
  }

  /** Commits a change set likewise, without waiting. */
  public CompletableFuture<CommitResult> commitAsync(Submission submission) {
    return committer.commitAsync(submission);
  }

  /** Takes ready task runs, together with the claims that wait at the same moment. */
  public Claims claim(ClaimRequest request) {
    long began = System.nanoTime();
    Claims answer = claims.claim(request);
    observer.claimed(answer, began);
    return answer;
  }

  private void run(List<Ticket> group) {
    long began = System.nanoTime();
    groups.run(group);
    observer.committed(group, began);
  }

  @Override
  public void close() {
    committer.close();
  }
}
