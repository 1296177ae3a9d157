package dev.waymark.cli.internal.progress;

import dev.waymark.cli.internal.output.WaitLines;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.Waiting;
import dev.waymark.runner.WaitReader;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Polls the store, on a separate thread, for the reasons why an execution waits. It shows the
 * reasons once they are unchanged for a few seconds, and again when they change.
 */
public final class WaitNotices implements AutoCloseable {
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final WaitReader reader;
  private final ExecutionId id;
  private final Progress progress;
  private final Thread thread = new Thread(this::askOn, "waymark-waiting");
  private List<String> before = List.of();
  private List<String> shown = List.of();
  private boolean closed;

  /** Creates the notices of this execution. */
  public WaitNotices(StateStore store, ExecutionId id, Progress progress) {
    this.reader = new WaitReader(store);
    this.id = id;
    this.progress = progress;
    thread.setDaemon(true);
  }

  /** Starts polling. Call it once. */
  public void begin() {
    thread.start();
  }

  private void askOn() {
    try {
      while (pause()) {
        ask();
      }
    } catch (InterruptedException | WaymarkException | IllegalStateException e) {
      // The thread that works on the execution reports errors of the store.
    }
  }

  private synchronized boolean pause() throws InterruptedException {
    long end = System.nanoTime() + PAUSE_NANOS;
    for (long left = PAUSE_NANOS; left > 0 && !closed; left = end - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return !closed;
  }

  private void ask() {
    Waiting waiting = reader.waiting(id);
    List<String> now = waiting == null ? List.of() : WaitLines.of(waiting);
    if (now.equals(before) && !now.equals(shown)) {
      shown = now;
      progress.waiting(now);
    }
    before = now;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
