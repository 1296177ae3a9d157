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
 * Runs many courses concurrently on a few threads. When a step is acknowledged, the next step of
 * its course is sent, without a waiting thread.
 */
final class FlightCrew implements Crew {
  private static final int SENDERS = 2;

  private final Contestant contestant;
  private final List<Flight> flights = new ArrayList<>();
  private final ExecutorService senders = Threads.pool(SENDERS);

  FlightCrew(Contestant contestant, int count) {
    this.contestant = contestant;
    for (int i = 0; i < count; i++) {
      flights.add(new Flight());
    }
  }

  /** One course after the other, with one step in flight. */
  private static final class Flight {
    private final Walker walker = new Walker();
    private long sentAt;
  }

  /**
   * One slice: flights that can send their next step, and flights whose step is not acknowledged
   * yet.
   */
  private final class Traffic {
    private final BlockingQueue<Flight> ready = new LinkedBlockingQueue<>(flights);
    private final AtomicInteger going = new AtomicInteger(flights.size());
    private final ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private final long end;

    Traffic(Duration time) {
      this.end = System.nanoTime() + time.toNanos();
    }

    /** Sends the steps that are ready until every flight has ended. */
    Latencies send() throws InterruptedException {
      Latencies latencies = new Latencies();
      while (going.get() > 0) {
        Flight flight = ready.poll(1, TimeUnit.MILLISECONDS);
        if (flight != null) {
          goOn(flight, latencies);
        }
      }
      return latencies;
    }

    private void goOn(Flight flight, Latencies latencies) {
      long now = System.nanoTime();
      if (flight.sentAt != 0) {
        latencies.add(now - flight.sentAt);
        flight.walker.acknowledge(flight.walker.next());
        flight.sentAt = 0;
      }
      if (now >= end || !errors.isEmpty()) {
        going.decrementAndGet();
        return;
      }
      flight.sentAt = now;
      CompletableFuture<?> unused =
          contestant
              .commitAsync(flight.walker.next())
              .whenComplete((answer, error) -> land(flight, error));
    }

    private void land(Flight flight, Throwable error) {
      if (error == null) {
        ready.add(flight);
      } else {
        errors.add(error);
        going.decrementAndGet();
      }
    }
  }

  @Override
  public Slice work(Duration time) throws Exception {
    Traffic traffic = new Traffic(time);
    List<Callable<Latencies>> work = new ArrayList<>();
    for (int i = 0; i < SENDERS; i++) {
      work.add(traffic::send);
    }
    long before = System.nanoTime();
    List<Latencies> latencies = new ArrayList<>();
    for (Future<Latencies> each : senders.invokeAll(work)) {
      latencies.add(each.get());
    }
    if (!traffic.errors.isEmpty()) {
      throw new IllegalStateException("a step failed", traffic.errors.peek());
    }
    return Latencies.slice(latencies, System.nanoTime() - before);
  }

  @Override
  public Acknowledged acknowledged() {
    return flights.stream()
        .map(flight -> flight.walker.acknowledged())
        .reduce(Acknowledged.NOTHING, Acknowledged::plus);
  }

  @Override
  public void close() {
    senders.shutdown();
  }
}
