package dev.waymark.worker.internal.setup;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.Subscription;
import dev.waymark.worker.api.WorkerListener;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notifies the listeners of a worker. What they throw is logged. Thread-safe. */
public final class Notifier {
  private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);

  private final List<WorkerListener> all;
  private final Map<ExecutionId, List<Entry>> byExecution = new ConcurrentHashMap<>();

  /** A listener of one execution; apart from any other, even where two are the same object. */
  private static final class Entry {
    final WorkerListener listener;

    Entry(WorkerListener listener) {
      this.listener = listener;
    }
  }

  /** Creates a notifier with these listeners of all executions. */
  public Notifier(List<WorkerListener> all) {
    this.all = List.copyOf(all);
  }

  /** Adds a listener of one execution, until the result is closed. */
  public Subscription add(ExecutionId id, WorkerListener listener) {
    Entry entry = new Entry(listener);
    byExecution.compute(
        id,
        (key, known) -> {
          List<Entry> entries = known == null ? new CopyOnWriteArrayList<>() : known;
          entries.add(entry);
          return entries;
        });
    return () -> remove(id, entry);
  }

  private void remove(ExecutionId id, Entry entry) {
    byExecution.computeIfPresent(
        id,
        (key, known) -> {
          known.remove(entry);
          return known.isEmpty() ? null : known;
        });
  }

  /** Whether an execution has no listener. */
  public boolean isSilent(ExecutionId id) {
    return all.isEmpty() && !byExecution.containsKey(id);
  }

  /** Notifies the listeners of an execution. */
  public void notify(ExecutionId id, Consumer<WorkerListener> event) {
    all.forEach(listener -> notify(listener, event));
    byExecution.getOrDefault(id, List.of()).forEach(entry -> notify(entry.listener, event));
  }

  private static void notify(WorkerListener listener, Consumer<WorkerListener> event) {
    try {
      event.accept(listener);
    } catch (Throwable e) { // also an Error: a listener has no effect on the worker
      LOG.warn("a listener of a worker threw an exception; what it was notified of is stored", e);
    }
  }
}
