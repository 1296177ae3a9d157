package dev.waymark.bench.commits;

import dev.waymark.bench.peer.StateChanges;
import dev.waymark.bench.storage.StoreLocation;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Another product. The nine steps of a lifecycle are three jobs one after the other, with three
 * changes of state each: created, claimed, succeeded.
 */
final class PeerImplementation implements Implementation {
  private static final int CHANGES = 3;

  private final String name;
  private final StateChanges store;
  private final StoreLocation location;
  private final AtomicLongArray steps = new AtomicLongArray(Lifecycle.STEPS);

  PeerImplementation(String name, StateChanges store, StoreLocation location) {
    this.name = name;
    this.store = store;
    this.location = location;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Committer committer() throws SQLException {
    StateChanges.Changer changer = store.changer();
    return step -> {
      int index = step.number() - 1;
      switch (Math.floorMod(index, CHANGES)) {
        case 0 -> changer.create();
        case 1 -> changer.begin();
        default -> changer.succeed();
      }
      steps.incrementAndGet(index);
    };
  }

  @Override
  public boolean isAsync() {
    return false;
  }

  @Override
  public CompletableFuture<?> commitAsync(Step step) {
    throw new UnsupportedOperationException(name + " waits for every commit");
  }

  @Override
  public void settle() throws SQLException {
    location.analyze();
  }

  /**
   * Compares every change with the store, because its jobs do not show to which lifecycle they
   * belong.
   */
  @Override
  public Tally tally() throws SQLException {
    long created = changes(0);
    long begun = changes(1);
    long succeeded = changes(2);
    StateChanges.Counts found = store.counts();
    if (found.waiting() != created - begun
        || found.running() != begun - succeeded
        || (found.succeeded() != succeeded && found.succeeded() != -1)) {
      throw new IllegalStateException(
          "%s: %s jobs created, %s claimed and %s ended; its store holds %s"
              .formatted(name, created, begun, succeeded, found));
    }
    return new Tally(steps.get(0), steps.get(Lifecycle.STEPS - 1), -1);
  }

  private long changes(int kind) {
    long sum = 0;
    for (int i = kind; i < Lifecycle.STEPS; i += CHANGES) {
      sum += steps.get(i);
    }
    return sum;
  }

  @Override
  public void close() throws SQLException {
    store.close();
  }
}
