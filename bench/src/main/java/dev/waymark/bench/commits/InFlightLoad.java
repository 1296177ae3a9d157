package dev.waymark.bench.commits;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs many lifecycles concurrently on a few threads. When a step is acknowledged, the next step of
 * its lifecycle is sent, without a waiting thread.
 */
final class InFlightLoad implements LoadGenerator {
  private static final int SENDERS = 2;

  private final Implementation implementation;
  private final List<Chain> chains = new ArrayList<>();
  private final ExecutorService senders = Threads.pool(SENDERS);

  InFlightLoad(Implementation implementation, int count) {
    this.implementation = implementation;
    for (int i = 0; i < count; i++) {
      chains.add(new Chain());
    }
  }

  /** One lifecycle after the other, with one step in flight. */
  private static final class Chain {
    private final StepSequence steps = new StepSequence();
    private long sentAt;
  }

  /**
   * One slice: chains that can send their next step, and chains whose step is not acknowledged yet.
   */
  private final class InFlightSteps {
    private final BlockingQueue<Chain> ready = new LinkedBlockingQueue<>(chains);
    private final AtomicInteger going = new AtomicInteger(chains.size());
    private final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private final long end;

    InFlightSteps(Duration time) {
      this.end = System.nanoTime() + time.toNanos();
    }

    /** Sends the steps that are ready until every chain has ended. */
    Latencies send() throws InterruptedException {
      Latencies latencies = new Latencies();
      while (going.get() > 0) {
        Chain chain = ready.poll(1, TimeUnit.MILLISECONDS);
        if (chain != null) {
          goOn(chain, latencies);
        }
      }
      return latencies;
    }

    private void goOn(Chain chain, Latencies latencies) {
      long now = System.nanoTime();
      if (chain.sentAt != 0) {
        latencies.add(now - chain.sentAt);
        chain.steps.acknowledge(chain.steps.next());
        chain.sentAt = 0;
      }
      if (now >= end || !errors.isEmpty()) {
        going.decrementAndGet();
        return;
      }
      chain.sentAt = now;
      CompletableFuture<?> unused =
          implementation
              .commitAsync(chain.steps.next())
              .whenComplete((answer, error) -> land(chain, error));
    }

    private void land(Chain chain, Throwable error) {
      if (error == null) {
        ready.add(chain);
      } else {
        errors.add(error);
        going.decrementAndGet();
      }
    }
  }

  @Override
  public Slice work(Duration time) throws Exception {
    InFlightSteps inFlight = new InFlightSteps(time);
    List<Callable<Latencies>> work = new ArrayList<>();
    for (int i = 0; i < SENDERS; i++) {
      work.add(inFlight::send);
    }
    long before = System.nanoTime();
    List<Latencies> latencies = new ArrayList<>();
    for (Future<Latencies> each : senders.invokeAll(work)) {
      latencies.add(each.get());
    }
    if (!inFlight.errors.isEmpty()) {
      throw new IllegalStateException("a step failed", inFlight.errors.peek());
    }
    return Latencies.slice(latencies, System.nanoTime() - before);
  }

  @Override
  public Acknowledged acknowledged() {
    return chains.stream()
        .map(chain -> chain.steps.acknowledged())
        .reduce(Acknowledged.NOTHING, Acknowledged::plus);
  }

  @Override
  public void close() {
    senders.shutdown();
  }
}
