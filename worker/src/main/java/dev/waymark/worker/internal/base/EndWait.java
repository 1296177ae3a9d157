package dev.waymark.worker.internal.base;

import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.Subscription;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the end of an execution. Reads it when a worker of this process has recorded its end,
 * when the store notifies, and at intervals, because the store does not notify of the ends that
 * other processes record. Notifications, most of which concern other executions, cause at most one
 * read in {@link #SHORTEST_PAUSE}.
 */
public final class EndWait {
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

  private EndWait() {}

  /** Returns the execution when it has ended, or null after this time. */
  public static @Nullable Execution await(StateStore store, ExecutionId id, Duration timeout)
      throws InterruptedException {
    long end = System.nanoTime() + saturated(timeout);
    Signal wake = new Signal();
    AtomicBoolean ended = new AtomicBoolean();
    try (Subscription here = EndedExecutions.subscribe(id, () -> set(ended, wake));
        Subscription all = store.onReady(wake::set)) {
      while (true) {
        Execution execution = existing(store, id);
        if (execution.state().isTerminal()) {
          return execution;
        }
        long left = end - System.nanoTime();
        if (left <= 0) {
          return null;
        }
        long read = System.nanoTime();
        wake.await(Math.min(left, LONGEST_PAUSE.toNanos()));
        pause(wake, ended, read);
      }
    }
  }

  private static void set(AtomicBoolean ended, Signal wake) {
    ended.set(true);
    wake.set();
  }

  /** Waits for the rest of the shortest pause since the last read, or for the end. */
  private static void pause(Signal wake, AtomicBoolean ended, long read)
      throws InterruptedException {
    long until = read + SHORTEST_PAUSE.toNanos();
    for (long left = until - System.nanoTime();
        left > 0 && !ended.get();
        left = until - System.nanoTime()) {
      wake.await(left);
    }
  }

  private static long saturated(Duration timeout) {
    Duration longest = Duration.ofDays(36_500);
    return (timeout.compareTo(longest) < 0 ? timeout : longest).toNanos();
  }

  private static Execution existing(StateStore store, ExecutionId id) {
    Execution execution = store.execution(id);
    if (execution == null) {
      throw Refusals.notFound("wait for the end of", RecordRef.of(id), "an execution");
    }
    return execution;
  }
}
