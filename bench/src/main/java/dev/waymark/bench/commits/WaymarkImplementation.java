package dev.waymark.bench.commits;

import dev.waymark.bench.storage.StoreLocation;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import java.util.concurrent.CompletableFuture;

/** Waymark itself, through its public API. */
public final class WaymarkImplementation implements Implementation {
  private final String name;
  private final StateStore store;

  /** Opens the store at this location, under this name in the reports. */
  public WaymarkImplementation(String name, StoreLocation location) {
    this.name = name;
    this.store = location.open();
    Lifecycle.WORKFLOWS.forEach(id -> store.saveWorkflow(new NewWorkflow(id, "tasks: {}")));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Committer committer() {
    return step -> store.commit(step.changeSet());
  }

  @Override
  public CompletableFuture<?> commitAsync(Step step) {
    return store.commitAsync(step.changeSet());
  }

  /** Does nothing: a new store must be as fast as one with statistics. */
  @Override
  public void settle() {}

  @Override
  public Tally tally() {
    return new Tally(total(ExecutionQuery.builder()), total(succeeded()), -1);
  }

  private static ExecutionQuery.Builder succeeded() {
    return ExecutionQuery.builder().states(ExecutionState.SUCCEEDED);
  }

  private long total(ExecutionQuery.Builder query) {
    return store.executions(query.limit(1).build()).total();
  }

  @Override
  public void close() {
    store.close();
  }
}
