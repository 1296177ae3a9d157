package dev.waymark.jdbc.internal.notify;

import dev.waymark.core.store.Subscription;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A thread that listens for the changes of other processes while there is at least one
 * subscription. The first subscription starts it, and the last that is closed ends it. Thread-safe.
 */
public final class ListenerThread implements AutoCloseable {
  private final String threadName;
  private final Supplier<? extends Loop> loops;
  private int subscriptions;
  private boolean isClosed;
  private @Nullable Loop loop;

  /** The work of the thread. */
  public interface Loop extends Runnable {
    /** Makes the loop end soon. Called once, from any thread, its own included. */
    void end();
  }

  /** Runs a new loop in a daemon thread of this name while there is a subscription. */
  public ListenerThread(String threadName, Supplier<? extends Loop> loops) {
    this.threadName = threadName;
    this.loops = loops;
  }

  /**
   * Adds a subscription and returns one that also closes it. The thread runs until all are closed.
   */
  public Subscription during(Subscription subscription) {
    begin();
    AtomicBoolean closed = new AtomicBoolean();
    return () -> {
      subscription.close();
      if (!closed.getAndSet(true)) {
        end();
      }
    };
  }

  private synchronized void begin() {
    subscriptions++;
    if (loop == null && !isClosed) {
      Loop next = loops.get();
      loop = next;
      Thread thread = new Thread(next, threadName);
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void end() {
    end(leave());
  }

  /** Ends the thread for good. */
  @Override
  public void close() {
    end(shut());
  }

  /** Removes a subscription; returns the loop that is to end with it, or null. */
  private synchronized @Nullable Loop leave() {
    subscriptions--;
    return subscriptions == 0 ? takeLoop() : null;
  }

  private synchronized @Nullable Loop shut() {
    isClosed = true;
    return takeLoop();
  }

  private @Nullable Loop takeLoop() {
    Loop taken = loop;
    loop = null;
    return taken;
  }

  /** Called without the lock, because it may block. */
  private static void end(@Nullable Loop taken) {
    if (taken != null) {
      taken.end();
    }
  }
}
