package dev.waymark.bench.jobs;

import dev.waymark.bench.peer.JobSystem;
import dev.waymark.bench.storage.StoreLocation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A product whose workers are in several processes, while this one only adds jobs. */
final class JobsInProcesses implements JobSystem {
  /** The machine for which the targets are set has two cores. */
  static final int PROCESSES = 2;

  private final JobSystem owner;
  private final List<WorkerProcess> processes = new ArrayList<>();

  /** Adds jobs with this system, and starts the processes for its store. */
  JobsInProcesses(JobSystem owner, StoreLocation location, Path logs) throws Exception {
    this.owner = owner;
    for (int i = 0; i < PROCESSES; i++) {
      processes.add(WorkerProcess.start(owner.name(), location, logs));
    }
  }

  @Override
  public String name() {
    return owner.name();
  }

  @Override
  public void enqueue(long jobs) throws Exception {
    owner.enqueue(jobs);
  }

  @Override
  public AutoCloseable start(int workers) throws Exception {
    owner.unpick();
    for (WorkerProcess process : processes) {
      process.startWorkers(workers / PROCESSES);
    }
    return () -> {
      for (WorkerProcess process : processes) {
        process.stopWorkers();
      }
    };
  }

  @Override
  public long handled() throws Exception {
    long handled = 0;
    for (WorkerProcess process : processes) {
      handled += process.handled();
    }
    return handled;
  }

  @Override
  public long done() throws Exception {
    return owner.done();
  }

  @Override
  public void close() throws Exception {
    for (WorkerProcess process : processes) {
      process.close();
    }
    owner.close();
  }
}
