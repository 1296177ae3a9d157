package dev.waymark.worker.internal.run;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.Claims;
import dev.waymark.worker.internal.base.DaemonThreads;
import dev.waymark.worker.internal.lease.Workers;
import dev.waymark.worker.internal.settle.End;
import dev.waymark.worker.internal.settle.Why;
import dev.waymark.worker.internal.setup.WorkerConfig;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Examines executions for which no attempt of this worker ends: those that are due, those with an
 * attempt of a dead worker, and those that nothing moves. Runs on a few threads of its own, so that
 * claims do not wait for it.
 */
final class Examinations implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Examinations.class);
  private static final int THREADS = 4;
  private static final Duration IDLE = Duration.ofSeconds(10);

  private final WorkerConfig config;
  private final Attempts attempts;
  private final ThreadPoolExecutor threads;

  /** What waits to be examined, or is being examined; a claim reports it again meanwhile. */
  private final Set<Record> open = ConcurrentHashMap.newKeySet();

  Examinations(WorkerConfig config, Attempts attempts) {
    this.config = config;
    this.attempts = attempts;
    int size = Math.min(THREADS, config.concurrency());
    this.threads =
        new ThreadPoolExecutor(
            size,
            size,
            IDLE.toNanos(),
            TimeUnit.NANOSECONDS,
            new LinkedBlockingQueue<>(),
            new DaemonThreads("waymark-settle"));
    threads.allowCoreThreadTimeOut(true);
  }

  /** Examines an execution that is due. */
  void due(Claims.Due due) {
    examine(due, due.executionId(), Why.due(due.reason()));
  }

  /** Records the loss of an attempt whose lease has expired. */
  void expired(Claims.Leased leased) {
    if (!attempts.has(leased.attempt())) {
      String error = "lease expired: worker " + leased.worker() + " stopped renewing it";
      examine(leased, leased.executionId(), Why.ended(End.expired(leased.attempt(), error)));
    }
  }

  /**
   * Records the loss of attempts whose workers certainly do not run any more, without waiting for
   * the end of their leases: those of dead processes of this machine, and those of an earlier
   * worker with the name of this one. No claim of this worker may be in progress.
   *
   * @param leases the leases of all workers
   */
  void abandoned(List<Claims.Leased> leases) {
    for (Claims.Leased each : leases) {
      boolean gone = each.worker().equals(config.worker()) || Workers.isGone(each.worker());
      if (gone && !attempts.has(each.attempt())) {
        String error = "worker " + each.worker() + " has ended";
        examine(each, each.executionId(), Why.ended(End.lost(each.attempt(), error)));
      }
    }
  }

  /** Examines an execution that nothing moves. */
  void stalled(ExecutionId id) {
    examine(new Stalled(id), id, Why.STALLED);
  }

  /** An execution that nothing moves. */
  private record Stalled(ExecutionId id) {}

  private void examine(Record what, ExecutionId id, Why why) {
    if (!open.add(what)) {
      return;
    }
    try {
      threads.execute(
          () -> {
            try {
              boolean unused = attempts.settler().settle(id, why);
            } catch (RuntimeException | Error e) {
              LOG.warn("execution {} could not be examined; it stays due", id, e);
            } finally {
              open.remove(what);
            }
          });
    } catch (RejectedExecutionException e) {
      open.remove(what); // The worker is closed; others examine it.
    }
  }

  /** Examines nothing more, and waits for what is being examined. */
  @Override
  public void close() {
    threads.getQueue().clear();
    threads.shutdown();
    try {
      boolean unused = threads.awaitTermination(IDLE.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
