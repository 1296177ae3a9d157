package dev.waymark.bench.jobs;

import dev.waymark.bench.peer.JobSystem;
import dev.waymark.bench.storage.StoreLocation;
import dev.waymark.bench.turns.Contest;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.Runner;
import dev.waymark.runner.api.StartRequest;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Waymark: each job is an execution with one task, whose handler does nothing. */
final class WaymarkJobs implements JobSystem {
  private static final WorkflowId WORKFLOW = new WorkflowId("job");
  private static final String HANDLER = "nothing";
  private static final int STARTERS = 32;

  private final StateStore store;
  private final Path logs;
  private final AtomicLong handled = new AtomicLong();
  private int runners;

  private WaymarkJobs(StateStore store, Path logs) {
    this.store = store;
    this.logs = logs;
  }

  /** Replaces what exists at the location with an empty store. */
  static WaymarkJobs replacing(StoreLocation location, Path logs) throws SQLException {
    location.clear();
    StateStore store = location.open();
    store.saveWorkflow(
        new NewWorkflow(WORKFLOW, "id: job\ntasks:\n  only:\n    uses: " + HANDLER + "\n"));
    return new WaymarkJobs(store, logs);
  }

  /** Works on a store that another process has made. */
  static WaymarkJobs existing(StoreLocation location, Path logs) {
    return new WaymarkJobs(location.open(), logs);
  }

  @Override
  public String name() {
    return Contest.WAYMARK;
  }

  @Override
  public void enqueue(long jobs) throws Exception {
    AtomicLong left = new AtomicLong(jobs);
    ExecutorService threads = Executors.newFixedThreadPool(STARTERS);
    try (Runner starter = runner(1)) {
      Callable<Boolean> start =
          () -> {
            while (left.decrementAndGet() >= 0) {
              var unused = starter.start(StartRequest.of(WORKFLOW));
            }
            return true;
          };
      for (Future<Boolean> each : threads.invokeAll(Collections.nCopies(STARTERS, start))) {
        each.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  private Runner runner(int concurrency) {
    return Runner.builder(store)
        .worker("bench-" + ProcessHandle.current().pid() + "-" + runners++)
        .concurrency(concurrency)
        .logDirectory(logs)
        .handler(HANDLER, context -> handled.incrementAndGet())
        .build();
  }

  @Override
  public AutoCloseable start(int workers) {
    Runner runner = runner(workers);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    Future<?> work = thread.submit(() -> runner.work(false));
    thread.shutdown();
    return () -> {
      runner.drain();
      work.get();
    };
  }

  @Override
  public long handled() {
    return handled.get();
  }

  @Override
  public long done() {
    return store
        .executions(ExecutionQuery.builder().states(ExecutionState.SUCCEEDED).limit(1).build())
        .total();
  }

  @Override
  public void close() {
    store.close();
  }
}
