package dev.waymark.metrics;

import dev.waymark.core.store.Pool;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.Worker;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The gauges that read a store. All of them use one shared reading. It is repeated when a gauge is
 * read and the last reading is a second old. So a scrape costs two queries, whatever the number of
 * pools. A failed reading also counts as a reading, so that Micrometer receives one error and not
 * one for every gauge.
 */
final class StoreGauges {
  private static final long KEPT_NANOS = Duration.ofSeconds(1).toNanos();

  private final StateStore store;
  private final MeterRegistry registry;
  private final Clock clock;
  private final Set<String> known = ConcurrentHashMap.newKeySet();
  private @Nullable Reading reading;
  private long readNanos;

  private record Reading(Map<String, Pool> pools, long workersAlive) {
    static Reading of(StateStore store) {
      return new Reading(
          store.pools().stream().collect(Collectors.toMap(Pool::name, Function.identity())),
          store.workers().stream().filter(Worker::alive).count());
    }

    /**
     * The number for a pool. It is 0 when the store no longer has the pool, because nothing is in
     * it.
     */
    double of(String pool, ToDoubleFunction<Pool> number) {
      Pool found = pools.get(pool);
      return found == null ? 0 : number.applyAsDouble(found);
    }
  }

  private StoreGauges(StateStore store, MeterRegistry registry, Reading first) {
    this.store = store;
    this.registry = registry;
    this.clock = registry.config().clock();
    this.reading = first;
    this.readNanos = clock.monotonicTime();
  }

  /** Registers the gauges after a first reading. */
  static void register(StateStore store, MeterRegistry registry) {
    Reading first = Reading.of(store);
    StoreGauges gauges = new StoreGauges(store, registry, first);
    gauges.registerPools(first);
    gauges.register();
  }

  private void register() {
    Gauge.builder("waymark.workers.alive", () -> read(Reading::workersAlive))
        .description("Workers that are alive, of all processes")
        .register(registry);
  }

  private double read(ToDoubleFunction<Reading> number) {
    Reading now = current();
    if (now == null) {
      return Double.NaN;
    }
    registerPools(now);
    return number.applyAsDouble(now);
  }

  private synchronized @Nullable Reading current() {
    if (clock.monotonicTime() - readNanos >= KEPT_NANOS) {
      reading = null;
      try {
        reading = Reading.of(store);
      } finally {
        readNanos = clock.monotonicTime();
      }
    }
    return reading;
  }

  /** Runs outside of the lock, because the registry has its own lock. */
  private void registerPools(Reading now) {
    now.pools().keySet().stream().filter(known::add).forEach(this::registerPool);
  }

  private void registerPool(String pool) {
    Gauge.builder("waymark.ready.task.runs", () -> read(now -> now.of(pool, Pool::ready)))
        .description("Task runs that wait to be claimed")
        .tag("pool", pool)
        .register(registry);
    Gauge.builder("waymark.running.task.runs", () -> read(now -> now.of(pool, Pool::running)))
        .description("Task runs that are leased to a worker")
        .tag("pool", pool)
        .register(registry);
  }
}
