package dev.waymark.bench.workflow;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.Runner;
import dev.waymark.runner.api.StartRequest;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** Executions of one workflow, one after the other, by a runner in this process. */
final class LargeWorkflow implements AutoCloseable {
  private static final int CONCURRENCY = 8;

  private final WorkflowId workflow;
  private final int tasks;
  private final Runner runner;
  private final AtomicLong handled = new AtomicLong();

  /** Saves the workflow in this store, which stays open. */
  LargeWorkflow(StateStore store, Shape shape, int tasks, Path logs) {
    this.workflow = new WorkflowId(shape.schemaName());
    this.tasks = tasks;
    store.saveWorkflow(new NewWorkflow(workflow, shape.file(tasks)));
    this.runner =
        Runner.builder(store)
            .concurrency(CONCURRENCY)
            .logDirectory(logs)
            .handler(Shape.HANDLER, context -> handled.incrementAndGet())
            .build();
  }

  /** Starts an execution and returns when it has succeeded. */
  void run() {
    long before = handled.get();
    ExecutionId id = runner.start(StartRequest.of(workflow));
    ExecutionState state = runner.run(id);
    long ran = handled.get() - before;
    if (state != ExecutionState.SUCCEEDED || ran != tasks) {
      throw new IllegalStateException(
          "execution %s is %s after %s of %s tasks".formatted(id, state, ran, tasks));
    }
  }

  @Override
  public void close() {
    runner.close();
  }
}
