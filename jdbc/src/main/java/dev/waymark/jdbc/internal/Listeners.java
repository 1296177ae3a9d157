package dev.waymark.jdbc.internal;

import dev.waymark.core.store.Subscription;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those who want to hear when something may have become ready or due. Thread-safe. */
public final class Listeners {
  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

  private final List<Entry> entries = new CopyOnWriteArrayList<>();

  /** One listener; apart from any other, even where two are the same object. */
  private static final class Entry {
    final Runnable listener;

    Entry(Runnable listener) {
      this.listener = listener;
    }
  }

  /** Adds a listener until the result is closed. */
  public Subscription add(Runnable listener) {
    Entry entry = new Entry(listener);
    entries.add(entry);
    return () -> entries.remove(entry);
  }

  /** Whether nobody listens. */
  public boolean isEmpty() {
    return entries.isEmpty();
  }

  /** Calls them all. */
  public void call() {
    for (Entry entry : entries) {
      try {
        entry.listener.run();
      } catch (Throwable e) { // also an Error: what was written is stored, whatever fails here
        LOG.warn("a listener for what becomes ready failed", e);
      }
    }
  }
}
