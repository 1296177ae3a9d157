package dev.waymark.bench.jobs;

import dev.waymark.bench.peer.JobSystem;
import dev.waymark.bench.turns.Participant;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The jobs per second of one product. The jobs are in the store before its workers start. The time
 * begins with the first job that has run, because the start of a runtime is not of interest here.
 */
final class JobSlices implements Participant {
  static final int WORKERS = 8;
  private static final double FIRST_GUESS_PER_SECOND = 1_000;
  private static final double RESERVE = 1.5;
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);
  private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final JobSystem system;
  private double greatestRate = FIRST_GUESS_PER_SECOND;
  private long enqueued;

  JobSlices(JobSystem system) {
    this.system = system;
  }

  @Override
  public String name() {
    return system.name();
  }

  @Override
  public double work(Duration time) throws Exception {
    refill(time);
    long before = system.handled();
    try (AutoCloseable workers = system.start(WORKERS)) {
      awaitFirst(before);
      double rate = rate(time);
      greatestRate = Math.max(greatestRate, rate);
      return rate;
    }
  }

  private void refill(Duration time) throws Exception {
    long needed = Math.round(RESERVE * greatestRate * time.toMillis() / 1e3) + 10 * WORKERS;
    long missing = needed - (enqueued - system.handled());
    if (missing > 0) {
      system.enqueue(missing);
      enqueued += missing;
    }
  }

  private void awaitFirst(long before) throws Exception {
    long begin = System.nanoTime();
    while (system.handled() == before) {
      if (System.nanoTime() - begin > PATIENCE_NANOS) {
        throw new IllegalStateException(name() + " has run no job within two minutes");
      }
      LockSupport.parkNanos(CHECK_NANOS);
    }
  }

  /**
   * The time lasts until one more job has run, because other processes report theirs now and then.
   * If the jobs run out, the rate is that of the time until the last job.
   */
  private double rate(Duration time) throws Exception {
    long first = system.handled();
    long begin = System.nanoTime();
    long now = begin;
    long handled = first;
    while ((now - begin < time.toNanos() || handled == first) && handled < enqueued) {
      if (now - begin > PATIENCE_NANOS + time.toNanos()) {
        throw new IllegalStateException(name() + " has run one job in two minutes");
      }
      LockSupport.parkNanos(CHECK_NANOS);
      now = System.nanoTime();
      handled = system.handled();
    }
    return (handled - first) * 1e9 / (now - begin);
  }

  @Override
  public void check() throws Exception {
    long handled = system.handled();
    long done = system.done();
    if (done != handled) {
      throw new IllegalStateException(
          name() + " has run " + handled + " jobs; its store records " + done + " as done");
    }
  }

  @Override
  public void close() throws Exception {
    system.close();
  }
}
