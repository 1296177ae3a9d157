package dev.waymark.jdbc.internal.notify;

import dev.waymark.core.store.Subscription;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listeners that are notified when something may have become ready or due, in this process and,
 * where there is an {@link Announcer}, in others. Thread-safe.
 */
public final class Listeners implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

  private final List<Entry> entries = new CopyOnWriteArrayList<>();
  private volatile @Nullable Announcer announcer;

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

  /** Lets other processes be notified of commits of this one; set once, before the first commit. */
  public void announceBy(Announcer announcer) {
    this.announcer = announcer;
  }

  /** Whether there are no listeners. */
  public boolean isEmpty() {
    return entries.isEmpty() && announcer == null;
  }

  /** After a commit of this store: notifies the listeners of this process and other processes. */
  public void committed() {
    call();
    Announcer others = announcer;
    if (others != null) {
      others.announce();
    }
  }

  /** Notifies the listeners of this process. */
  public void call() {
    for (Entry entry : entries) {
      try {
        entry.listener.run();
      } catch (Throwable e) { // also an Error: a failure here does not affect the commit
        LOG.warn("a listener of onReady threw an exception; the commit is not affected", e);
      }
    }
  }

  /** Ends the announcements, once what was committed is announced. */
  @Override
  public void close() {
    Announcer others = announcer;
    if (others != null) {
      others.close();
    }
  }
}
