package dev.waymark.postgres.internal;

import dev.waymark.core.error.StoreRejectedException;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.ForwardingStateStore;
import dev.waymark.core.store.Subscription;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A store that is only read. It can be on a standby, where nothing can be written and nobody can
 * LISTEN. It refuses each write itself, also on a primary, so that what a program may do does not
 * depend on which server it found. Thread-safe.
 */
public final class ReadOnlyStore extends ForwardingStateStore {
  private final PostgresStore store;
  private final PostgresErrors errors;

  /** Reads from this store, which is named as in these errors. */
  public ReadOnlyStore(PostgresStore store, PostgresErrors errors) {
    super(store);
    this.store = store;
    this.errors = errors;
  }

  @Override
  public CommitResult commit(ChangeSet changes) {
    throw refused("commit change set " + changes.id());
  }

  @Override
  public CompletableFuture<CommitResult> commitAsync(ChangeSet changes) {
    return CompletableFuture.failedFuture(refused("commit change set " + changes.id()));
  }

  @Override
  public Claims claim(ClaimRequest request) {
    throw refused("claim task runs for worker " + request.worker());
  }

  /** The error with which this store refuses transactions of callers. */
  public StoreRejectedException refusedTransaction() {
    return refused("work within a transaction of the caller");
  }

  private StoreRejectedException refused(String attempted) {
    return new StoreRejectedException(
        "cannot "
            + attempted
            + " at "
            + errors.place()
            + ": the store was opened read-only; open it without read-only, on the primary",
        null);
  }

  /** Calls nobody: whoever waits for something has to poll in any case. */
  @Override
  public Subscription onReady(Runnable listener) {
    return () -> {};
  }

  @Override
  public @Nullable Duration replicaLag() {
    return store.lag();
  }
}
