package dev.waymark.worker.internal.base;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.Subscription;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Wakes threads of this process that wait for the end of an execution, when a worker of this
 * process has recorded it. The store itself does not notify of ends. Thread-safe.
 */
public final class EndedExecutions {
  private static final Map<ExecutionId, Set<Entry>> WAITING = new ConcurrentHashMap<>();

  private EndedExecutions() {}

  /** One waiting thread; apart from any other, even where two callbacks are the same object. */
  private static final class Entry {
    final Runnable callback;

    Entry(Runnable callback) {
      this.callback = callback;
    }
  }

  /**
   * Calls back when the execution has ended, until the result is closed.
   *
   * @param callback returns at once and throws nothing
   */
  public static Subscription subscribe(ExecutionId id, Runnable callback) {
    Entry entry = new Entry(callback);
    WAITING.compute(
        id,
        (key, known) -> {
          Set<Entry> all = known == null ? ConcurrentHashMap.newKeySet() : known;
          all.add(entry);
          return all;
        });
    return () -> remove(id, entry);
  }

  private static void remove(ExecutionId id, Entry entry) {
    WAITING.computeIfPresent(
        id,
        (key, known) -> {
          known.remove(entry);
          return known.isEmpty() ? null : known;
        });
  }

  /** A worker of this process has recorded the end of an execution. */
  public static void ended(ExecutionId id) {
    WAITING.getOrDefault(id, Set.of()).forEach(entry -> entry.callback.run());
  }
}
