package dev.waymark.runner.internal.retention;

import dev.waymark.core.store.Worker;
import dev.waymark.runner.internal.worker.RunnerConfig;
import dev.waymark.runner.retention.Purge;
import dev.waymark.runner.retention.PurgeReport;
import dev.waymark.worker.internal.base.DaemonThreads;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes executions whose retention is over, again and again, while a worker lives. Of all living
 * workers of a store that do so, only the first by name does it: its registration is a lease, and
 * when it is over, the next one is the first. Two that think so at the same moment harm nothing.
 *
 * <p>It pauses after each of its short commits for as long as such a commit may take, so that it
 * uses at most about half of the time of a store with one writer.
 */
public final class BackgroundPurge implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BackgroundPurge.class);
  private static final Duration FIRST = Duration.ofMinutes(1);
  private static final Duration INTERVAL = Duration.ofHours(1);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final RunnerConfig config;
  private final Duration first;
  private final Duration interval;
  private final ScheduledThreadPoolExecutor thread;
  private final CountDownLatch closed = new CountDownLatch(1);
  private boolean begun;

  /** A purge at the usual intervals. */
  public BackgroundPurge(RunnerConfig config) {
    this(config, FIRST, INTERVAL);
  }

  /**
   * A purge at other intervals.
   *
   * @param first the time before the first one
   * @param interval the time between the end of one and the beginning of the next
   */
  BackgroundPurge(RunnerConfig config, Duration first, Duration interval) {
    this.config = config;
    this.first = first;
    this.interval = interval;
    this.thread = new ScheduledThreadPoolExecutor(1, new DaemonThreads("waymark-retention"));
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** Begins, unless it has begun or is closed. */
  public synchronized void begin() {
    if (!begun && !thread.isShutdown()) {
      begun = true;
      var unused =
          thread.scheduleWithFixedDelay(
              this::purge, first.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private void purge() {
    try {
      if (!isFirst()) {
        return;
      }
      Purge purge = Purge.of(config.store(), config.definitions()::of, config.clock());
      PurgeReport report = purge.run(this::isClosed, deleted -> pause());
      if (report.deleted() > 0) {
        LOG.atInfo()
            .addKeyValue("worker", config.worker())
            .log("deleted {} executions whose retention is over", report.deleted());
      }
    } catch (RuntimeException e) { // Also of the program's reader: it would end the schedule.
      LOG.warn("old executions could not be deleted; trying again later", e);
    }
  }

  private boolean isFirst() {
    return config.store().workers().stream()
        .filter(worker -> worker.alive() && RunnerConfig.purges(worker))
        .map(Worker::name)
        .min(String::compareTo)
        .filter(config.worker()::equals)
        .isPresent();
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  private void pause() {
    try {
      boolean unused = closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Deletes nothing more, except for what a commit of this moment deletes. */
  @Override
  public synchronized void close() {
    closed.countDown();
    thread.shutdown();
  }
}
