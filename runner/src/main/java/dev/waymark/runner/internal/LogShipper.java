package dev.waymark.runner.internal;

import dev.waymark.core.error.StoreOverloadedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.internal.Backoff;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what attempts write into the store while they run, piece by piece, so that it can be read
 * from any machine. The files are written by the processes themselves and stay as they are; this
 * reads behind them, on a thread of its own, which a slow store holds up without harm to anybody.
 *
 * <p>The last piece is brought before the end of the attempt is recorded, since a log grows only
 * while its attempt runs. What goes wrong here costs nothing but the log. What is over the limit of
 * the store stays in the file alone.
 */
final class LogShipper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogShipper.class);
  private static final Duration INTERVAL = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  private static final Duration CLEANING_INTERVAL = Duration.ofHours(1);
  private static final int CLEANED_AT_ONCE = 100;

  private final Config config;
  private final Limits limits;
  private final Map<AttemptId, Tail> tails = new ConcurrentHashMap<>();
  private final ScheduledThreadPoolExecutor thread;
  private final Backoff retries = Backoff.endless(INTERVAL, LONGEST_PAUSE);

  /** A log that is read to its end, as far as it is written. */
  private static final class Tail {
    final Path file;
    long position;
    boolean over;

    Tail(Path file) {
      this.file = file;
    }
  }

  LogShipper(Config config) {
    this.config = config;
    this.limits = config.store().limits();
    this.thread = new ScheduledThreadPoolExecutor(1, new DaemonThreads("waymark-logs"));
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    if (config.logSettings().stored()) {
      roundAfter(INTERVAL.toNanos());
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

  /** Brings what was written since; where the store does not answer, one call has to find out. */
  private void round() {
    boolean answered = true;
    try {
      for (var each = tails.entrySet().iterator(); answered && each.hasNext(); ) {
        var tail = each.next();
        answered = ship(tail.getKey(), tail.getValue());
      }
    } finally {
      if (answered) {
        retries.reset();
      }
      roundAfter(answered ? INTERVAL.toNanos() : retries.nextNanos());
    }
  }

  /** An attempt writes into this file from now on. */
  void add(AttemptId id, Path file) {
    if (config.logSettings().stored()) {
      tails.put(id, new Tail(file));
    }
  }

  /** The attempt has ended: brings the rest. */
  void finish(AttemptId id) {
    Tail tail = tails.remove(id);
    if (tail != null) {
      var unused = ship(id, tail);
    }
  }

  /** Nothing more is to be brought of this attempt. */
  void forget(AttemptId id) {
    tails.remove(id);
  }

  /** Brings what is there; false when the store does not answer. */
  private boolean ship(AttemptId id, Tail tail) {
    synchronized (tail) {
      try {
        while (!tail.over && shipPiece(id, tail)) {
          // There may be more than one piece.
        }
      } catch (NoSuchFileException e) {
        // Nothing was written.
      } catch (IOException | WaymarkException | IllegalStateException e) {
        LOG.debug("a piece of the log of attempt {} did not reach the store", id, e);
        return !(e instanceof StoreUnavailableException || e instanceof StoreOverloadedException);
      }
      return true;
    }
  }

  /** Brings one piece; false when there is none. */
  private boolean shipPiece(AttemptId id, Tail tail) throws IOException {
    long room = limits.maxLogBytes() - tail.position;
    ByteBuffer piece = ByteBuffer.allocate((int) Math.min(limits.maxLogChunkBytes(), room));
    try (SeekableByteChannel file = Files.newByteChannel(tail.file)) {
      file.position(tail.position);
      while (piece.hasRemaining() && file.read(piece) >= 0) {
        // Reads on until the piece is full, or there is no more.
      }
    }
    byte[] bytes = java.util.Arrays.copyOf(piece.array(), piece.position());
    if (bytes.length == 0) {
      return false;
    }
    config
        .store()
        .commit(
            ChangeSet.builder(config.ids().commitId()).appendLog(id, tail.position, bytes).build());
    tail.position += bytes.length;
    tail.over = tail.position >= limits.maxLogBytes();
    return true;
  }

  /** Deletes what is kept for longer than it should be. */
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
          config.store().commit(ChangeSet.builder(config.ids().commitId()).deleteLogs(id).build());
        }
      }
    } catch (WaymarkException | IllegalStateException e) {
      LOG.warn("old logs could not be deleted; trying again later", e);
    }
  }

  @Override
  public void close() {
    thread.shutdown();
    tails.clear();
  }
}
