package dev.waymark.bench.workflow;

import dev.waymark.bench.storage.StoreLocation;
import dev.waymark.bench.turns.Participant;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.StateStore;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;

/** Whole executions of a workflow with this number of tasks. The time includes their start. */
final class WorkflowSlices implements Participant {
  private final int tasks;
  private final StateStore store;
  private final LargeWorkflow workflow;
  private long executions;

  WorkflowSlices(StoreLocation location, Shape shape, int tasks, Path logs) throws SQLException {
    location.clear();
    this.tasks = tasks;
    this.store = location.open();
    this.workflow = new LargeWorkflow(store, shape, tasks, logs);
  }

  @Override
  public String name() {
    return String.format(Locale.ROOT, "%,d tasks", tasks);
  }

  /** Returns tasks per second. At least one execution runs, and none is left unfinished. */
  @Override
  public double work(Duration time) {
    long begin = System.nanoTime();
    long before = executions;
    do {
      workflow.run();
      executions++;
    } while (System.nanoTime() - begin < time.toNanos());
    return (executions - before) * tasks * 1e9 / (System.nanoTime() - begin);
  }

  @Override
  public void check() {
    ExecutionQuery succeeded =
        ExecutionQuery.builder().states(ExecutionState.SUCCEEDED).limit(1).build();
    long recorded = store.executions(succeeded).total();
    if (recorded != executions) {
      throw new IllegalStateException(
          "%s: ran %s executions; the store records %s".formatted(name(), executions, recorded));
    }
  }

  @Override
  public void close() {
    workflow.close();
    store.close();
  }
}
