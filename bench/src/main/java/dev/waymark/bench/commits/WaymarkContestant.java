package dev.waymark.bench.commits;

import dev.waymark.bench.place.Place;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;

/** Waymark itself, through its public API. */
public final class WaymarkContestant implements Contestant {
  private final String name;
  private final Place place;
  private final StateStore store;

  /** Opens the store at this place, under this name in the reports. */
  public WaymarkContestant(String name, Place place) {
    this.name = name;
    this.place = place;
    this.store = place.open();
    Course.WORKFLOWS.forEach(id -> store.saveWorkflow(new NewWorkflow(id, "tasks: {}")));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Lane lane() {
    return step -> store.commit(step.changeSet());
  }

  @Override
  public CompletableFuture<?> commitAsync(Step step) {
    return store.commitAsync(step.changeSet());
  }

  @Override
  public void settle() throws SQLException {
    place.analyze();
  }

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
