package dev.waymark.bench.queue;

import dev.waymark.bench.peer.QueueSystem;
import dev.waymark.bench.turns.Participant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Threads that claim items of one product, and finish them if that is measured. */
final class QueueSlices implements Participant {
  private static final double FIRST_GUESS_PER_SECOND = 4_000;
  private static final double RESERVE = 1.5;

  private final QueueSystem system;
  private final int batch;
  private final boolean isFinishing;
  private final List<QueueSystem.Claimer> claimers = new ArrayList<>();
  private final AtomicLong claimed = new AtomicLong();
  private final ExecutorService threads;
  private double greatestRate = FIRST_GUESS_PER_SECOND;
  private long filled;

  QueueSlices(QueueSystem system, int threads, int batch, boolean isFinishing) throws Exception {
    this.system = system;
    this.batch = batch;
    this.isFinishing = isFinishing;
    this.threads = Executors.newFixedThreadPool(threads);
    for (int i = 0; i < threads; i++) {
      claimers.add(system.claimer(i));
    }
  }

  @Override
  public String name() {
    return system.name();
  }

  @Override
  public double work(Duration time) throws Exception {
    refill(time);
    long before = claimed.get();
    long begin = System.nanoTime();
    long end = begin + time.toNanos();
    List<Callable<Boolean>> calls = new ArrayList<>();
    for (QueueSystem.Claimer claimer : claimers) {
      calls.add(() -> claimUntil(end, claimer));
    }
    for (Future<Boolean> call : threads.invokeAll(calls)) {
      call.get();
    }
    double rate = (claimed.get() - before) * 1e9 / (System.nanoTime() - begin);
    greatestRate = Math.max(greatestRate, rate);
    return rate;
  }

  private void refill(Duration time) throws Exception {
    long needed =
        Math.round(RESERVE * greatestRate * time.toMillis() / 1e3) + 2L * batch * claimers.size();
    long missing = needed - (filled - claimed.get());
    if (missing > 0) {
      system.fill(missing);
      filled += missing;
    }
  }

  /** Ends early when no items are left, so the rate is that of the time until then. */
  private boolean claimUntil(long end, QueueSystem.Claimer claimer) throws Exception {
    while (System.nanoTime() < end && claimed.get() < filled) {
      int taken = claimer.claim(batch);
      if (taken > 0 && isFinishing) {
        claimer.finish();
      }
      claimed.addAndGet(taken);
    }
    return true;
  }

  @Override
  public void check() throws Exception {
    long open = isFinishing ? 0 : claimed.get();
    long ended = isFinishing ? claimed.get() : 0;
    if (system.claimed() != open || system.finished() != ended) {
      throw new IllegalStateException(
          "%s has claimed %s items, finishing them: %s; its store records %s as claimed and %s as finished"
              .formatted(name(), claimed, isFinishing, system.claimed(), system.finished()));
    }
  }

  @Override
  public void close() throws Exception {
    threads.shutdown();
    for (QueueSystem.Claimer claimer : claimers) {
      claimer.close();
    }
    system.close();
  }
}
