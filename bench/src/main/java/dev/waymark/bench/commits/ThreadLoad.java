package dev.waymark.bench.commits;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** Threads that each commit step after step and wait for every result. */
final class ThreadLoad implements LoadGenerator {
  private final List<Worker> workers = new ArrayList<>();
  private final ExecutorService threads;

  ThreadLoad(Implementation implementation, int count) throws SQLException {
    threads = Threads.pool(count);
    for (int i = 0; i < count; i++) {
      workers.add(new Worker(implementation.committer()));
    }
  }

  private static final class Worker {
    private final Implementation.Committer committer;
    private final StepSequence steps = new StepSequence();

    Worker(Implementation.Committer committer) {
      this.committer = committer;
    }

    Latencies work(CountDownLatch start, Duration time) throws Exception {
      start.countDown();
      start.await();
      Latencies latencies = new Latencies();
      long end = System.nanoTime() + time.toNanos();
      long before = System.nanoTime();
      while (before < end) {
        Step step = steps.next();
        committer.commit(step);
        steps.acknowledge(step);
        long after = System.nanoTime();
        latencies.add(after - before);
        before = after;
      }
      return latencies;
    }
  }

  @Override
  public Slice work(Duration time) throws Exception {
    CountDownLatch start = new CountDownLatch(workers.size());
    List<Callable<Latencies>> work = new ArrayList<>();
    workers.forEach(worker -> work.add(() -> worker.work(start, time)));
    long before = System.nanoTime();
    List<Latencies> latencies = new ArrayList<>();
    for (Future<Latencies> each : threads.invokeAll(work)) {
      latencies.add(each.get());
    }
    return Latencies.slice(latencies, System.nanoTime() - before);
  }

  @Override
  public Acknowledged acknowledged() {
    return workers.stream()
        .map(worker -> worker.steps.acknowledged())
        .reduce(Acknowledged.NOTHING, Acknowledged::plus);
  }

  @Override
  public void close() throws SQLException {
    threads.shutdown();
    for (Worker worker : workers) {
      worker.committer.close();
    }
  }
}
