package dev.waymark.metrics;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.StoreObserver;
import dev.waymark.runner.api.RunListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Metrics of a store and of the runners of this process, as meters of a Micrometer registry. Pass
 * it to the builder of the store as its observer and to the builder of the runner as its listener.
 * A custom listener must forward {@link #leaseLost}.
 *
 * <table>
 *   <caption>The meters</caption>
 *   <tr><th>name</th><th>what</th></tr>
 *   <tr><td>{@code waymark.commit.duration}</td><td>timer: a group of change sets, until it is durable and its results are returned</td></tr>
 *   <tr><td>{@code waymark.commit.group.size}</td><td>summary: change sets in a group</td></tr>
 *   <tr><td>{@code waymark.commit.refused}</td><td>counter: change sets that were refused or failed</td></tr>
 *   <tr><td>{@code waymark.claim.duration}</td><td>timer: a successful claim</td></tr>
 *   <tr><td>{@code waymark.claim.task.runs}</td><td>summary: task runs that a claim took</td></tr>
 *   <tr><td>{@code waymark.leases.lost}</td><td>counter: attempts of this process whose lease was lost</td></tr>
 *   <tr><td>{@code waymark.ready.task.runs}</td><td>gauge by {@code pool}: task runs that wait to be claimed; see {@link #bind}</td></tr>
 *   <tr><td>{@code waymark.running.task.runs}</td><td>gauge by {@code pool}: leases on task runs; likewise</td></tr>
 *   <tr><td>{@code waymark.workers.alive}</td><td>gauge: workers of all processes; likewise</td></tr>
 *   <tr><td>{@code waymark.sqlite.wal.bytes}</td><td>gauge: the write-ahead log; see {@link #bindWal}</td></tr>
 * </table>
 *
 * <p>Thread-safe. The meters of several stores have the same names in a registry. If a process has
 * several stores, use one registry for each, with its own common tags.
 *
 * <p>For example:
 *
 * <pre>{@code
 * WaymarkMetrics metrics = WaymarkMetrics.of(registry);
 * StateStore store = SqliteStateStore.builder(file).observer(metrics).build();
 * metrics.bind(store);
 * Runner.Builder runners = Runner.builder(store).listener(metrics);
 * }</pre>
 *
 * @since 0.1.0
 */
public final class WaymarkMetrics implements StoreObserver, RunListener {
  private final MeterRegistry registry;
  private final Timer commitDuration;
  private final DistributionSummary groupSize;
  private final Counter refused;
  private final Timer claimDuration;
  private final DistributionSummary claimedTaskRuns;
  private final Counter leasesLost;

  private WaymarkMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.commitDuration =
        Timer.builder("waymark.commit.duration")
            .description("How long a group of change sets took to be durable and answered")
            .register(registry);
    this.groupSize =
        DistributionSummary.builder("waymark.commit.group.size")
            .description("Change sets that were committed together")
            .register(registry);
    this.refused =
        Counter.builder("waymark.commit.refused")
            .description("Change sets that were refused or failed")
            .register(registry);
    this.claimDuration =
        Timer.builder("waymark.claim.duration")
            .description("How long a claim took")
            .register(registry);
    this.claimedTaskRuns =
        DistributionSummary.builder("waymark.claim.task.runs")
            .description("Task runs that a claim took")
            .register(registry);
    this.leasesLost =
        Counter.builder("waymark.leases.lost")
            .description("Attempts of this process whose lease was lost")
            .register(registry);
  }

  /** Registers the meters that count. {@link #bind} registers those that read a store. */
  public static WaymarkMetrics of(MeterRegistry registry) {
    return new WaymarkMetrics(registry);
  }

  /**
   * Registers gauges for the waiting task runs, the running task runs and the live workers of a
   * store, over all processes. A read of a gauge queries the store, at most once a second for all
   * gauges. The gauges of a pool are registered when the store first reports the pool. While the
   * store does not answer, or when it is closed, the gauges are NaN.
   *
   * @throws dev.waymark.core.error.StoreUnavailableException when the store does not answer now
   */
  public void bind(StateStore store) {
    StoreGauges.register(store, registry);
  }

  /**
   * Registers a gauge for the size of the write-ahead log of a store in SQLite: {@code
   * metrics.bindWal(store::walBytes)}.
   */
  public void bindWal(LongSupplier walBytes) {
    Gauge.builder("waymark.sqlite.wal.bytes", walBytes::getAsLong)
        .description("Bytes of SQLite's write-ahead log that are in use")
        .baseUnit(BaseUnits.BYTES)
        .register(registry);
  }

  @Override
  public void committed(int changeSets, int accepted, Duration took) {
    commitDuration.record(took);
    groupSize.record(changeSets);
    refused.increment(changeSets - accepted);
  }

  @Override
  public void claimed(int taskRuns, Duration took) {
    claimDuration.record(took);
    claimedTaskRuns.record(taskRuns);
  }

  @Override
  public void leaseLost(AttemptId attempt) {
    leasesLost.increment();
  }
}
