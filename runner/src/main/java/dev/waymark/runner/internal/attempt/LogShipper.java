package dev.waymark.runner.internal.attempt;

import dev.waymark.core.conflict.NotFoundException;
import dev.waymark.core.error.StoreOverloadedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.internal.Backoff;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Limits;
import dev.waymark.runner.internal.worker.RunnerConfig;
import dev.waymark.worker.internal.base.DaemonThreads;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the output of attempts to the store in pieces while they run, so that every machine can
 * read it. The files are not changed. {@link LogTail} reads them behind the writers. The copying
 * has a thread of its own, so a slow store delays only the copying.
 *
 * <p>The last piece is copied before the end of the attempt is recorded, because a log grows only
 * while its attempt runs. An error here affects only the log. Output beyond the limit of the store
 * stays only in the file.
 */
final class LogShipper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogShipper.class);
  private static final Duration INTERVAL = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  private static final Duration CLEANING_INTERVAL = Duration.ofHours(1);
  private static final int CLEANED_AT_ONCE = 100;

  private final RunnerConfig config;
  private final Limits limits;
  private final Map<AttemptId, Shipment> shipments = new ConcurrentHashMap<>();
  private final ScheduledThreadPoolExecutor thread;
  private final Backoff retries = Backoff.endless(INTERVAL, LONGEST_PAUSE);

  /** The progress of copying one log. */
  private static final class Shipment {
    final LogTail tail;

    /** Whether the file has been created. */
    volatile boolean hasBegun;

    byte[] piece = new byte[0];
    long stored;
    boolean over;

    Shipment(LogTail tail, boolean hasBegun) {
      this.tail = tail;
      this.hasBegun = hasBegun;
    }
  }

  LogShipper(RunnerConfig config) {
    this.config = config;
    this.limits = config.store().limits();
    this.thread = new ScheduledThreadPoolExecutor(1, new DaemonThreads("waymark-logs"));
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    if (config.logSettings().stored()) {
      roundAfter(INTERVAL.toNanos());
    }
    Duration keepFiles = config.logSettings().fileRetention();
    if (keepFiles != null) {
      LogFileCleaner cleaner = new LogFileCleaner(config, keepFiles);
      var unused =
          thread.scheduleWithFixedDelay(
              cleaner::clean, 0, cleaner.interval().toNanos(), TimeUnit.NANOSECONDS);
    }
    if (config.logSettings().retention() != null) {
      var unused =
          thread.scheduleWithFixedDelay(
              this::clean, 0, CLEANING_INTERVAL.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private void roundAfter(long nanos) {
    try {
      var unused = thread.schedule(this::round, nanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      LOG.trace("this worker has stopped", e);
    }
  }

  /** Copies the new output. If the store does not answer, the round ends after one failed call. */
  private void round() {
    boolean answered = true;
    try {
      for (var each = shipments.entrySet().iterator(); answered && each.hasNext(); ) {
        var next = each.next();
        answered = ship(next.getKey(), next.getValue(), config.store()::commit);
      }
    } finally {
      if (answered) {
        retries.reset();
      }
      roundAfter(answered ? INTERVAL.toNanos() : retries.nextNanos());
    }
  }

  /** Starts to copy this file, to which an attempt writes from now on. */
  void add(AttemptId id, Path file) {
    shipments.put(id, new Shipment(LogTail.open(file), true));
  }

  /** Will copy this file, once it {@linkplain #begin begins}. Until then it is not looked for. */
  void expect(AttemptId id, Path file) {
    shipments.put(id, new Shipment(LogTail.later(file), false));
  }

  /** The file of an attempt has been created. Does nothing when the attempt has ended. */
  void begin(AttemptId id) {
    Shipment shipment = shipments.get(id);
    if (shipment != null) {
      shipment.hasBegun = true;
    }
  }

  /**
   * Sends the rest of the log of an attempt that has ended. The store decides commits of one thread
   * in their order. So the rest is stored before the end of the attempt, which the caller commits
   * next, and the caller need not wait for it.
   */
  void finish(AttemptId id) {
    Shipment shipment = shipments.remove(id);
    if (shipment != null) {
      if (config.logSettings().stored()) {
        var unused = ship(id, shipment, this::send);
      }
      synchronized (shipment) {
        shipment.tail.restore();
        shipment.tail.close();
      }
    }
  }

  /** Stops copying the log of this attempt. */
  void forget(AttemptId id) {
    Shipment shipment = shipments.remove(id);
    if (shipment != null) {
      close(shipment);
    }
  }

  private static void close(Shipment shipment) {
    synchronized (shipment) {
      shipment.over = true;
      shipment.tail.close();
    }
  }

  private void send(ChangeSet piece) {
    var unused =
        config
            .store()
            .commitAsync(piece)
            .exceptionally(
                error -> {
                  LOG.debug("the last pieces of a log did not reach the store", error);
                  return null;
                });
  }

  /** Copies the available output; false when the store does not answer. */
  private boolean ship(AttemptId id, Shipment shipment, Consumer<ChangeSet> store) {
    synchronized (shipment) {
      try {
        while (shipment.hasBegun && !shipment.over && shipPiece(id, shipment, store)) {
          // There may be more than one piece.
        }
      } catch (IOException | WaymarkException | IllegalStateException e) {
        LOG.debug("a piece of the log of attempt {} did not reach the store", id, e);
        return !(e instanceof StoreUnavailableException || e instanceof StoreOverloadedException);
      }
      return true;
    }
  }

  /** Copies one piece; false when there is none. A piece that was not stored is copied again. */
  private boolean shipPiece(AttemptId id, Shipment shipment, Consumer<ChangeSet> store)
      throws IOException {
    if (shipment.piece.length == 0) {
      long room = limits.maxLogBytes() - shipment.stored;
      shipment.piece = shipment.tail.next((int) Math.min(limits.maxLogChunkBytes(), room));
    }
    byte[] bytes = shipment.piece;
    if (bytes.length == 0) {
      return false;
    }
    store.accept(
        ChangeSet.builder(config.ids().commitId()).appendLog(id, shipment.stored, bytes).build());
    shipment.piece = new byte[0];
    shipment.stored += bytes.length;
    shipment.over = shipment.stored >= limits.maxLogBytes();
    return true;
  }

  /** Deletes logs that are older than their retention. */
  private void clean() {
    Duration retention = config.logSettings().retention();
    if (retention == null) {
      return;
    }
    try {
      Instant before = config.clock().instant().minus(retention);
      int most = Math.min(CLEANED_AT_ONCE, limits.maxPageSize());
      for (var old = config.store().executionsWithLogs(before, most);
          !old.isEmpty();
          old = config.store().executionsWithLogs(before, most)) {
        for (ExecutionId id : old) {
          deleteLogs(id);
        }
      }
    } catch (WaymarkException | IllegalStateException e) {
      LOG.warn("old logs could not be deleted; trying again later", e);
    }
  }

  private void deleteLogs(ExecutionId id) {
    try {
      config.store().commit(ChangeSet.builder(config.ids().commitId()).deleteLogs(id).build());
    } catch (NotFoundException e) {
      LOG.debug("execution {} was deleted with its logs", id, e);
    }
  }

  @Override
  public void close() {
    thread.shutdown();
    shipments.keySet().forEach(this::forget);
  }
}
