package dev.waymark.jdbc.internal;

import dev.waymark.core.store.Subscription;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A thread that hears what others do, for as long as somebody has subscribed. One who comes after
 * the last has gone gets a thread anew. Thread-safe.
 */
public final class WhileSubscribed implements AutoCloseable {
  private final String threadName;
  private final Supplier<? extends Ear> ears;
  private int subscriptions;
  private boolean isClosed;
  private @Nullable Ear ear;

  /** What the thread does. */
  public interface Ear extends Runnable {
    /** Makes it end soon; called from any thread, its own included, and once. */
    void end();
  }

  /** Runs an ear of these, in a daemon thread of this name, while there is a subscription. */
  public WhileSubscribed(String threadName, Supplier<? extends Ear> ears) {
    this.threadName = threadName;
    this.ears = ears;
  }

  /** Listens until this subscription, which the result closes, and all others are closed. */
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
    if (ear == null && !isClosed) {
      Ear next = ears.get();
      ear = next;
      Thread thread = new Thread(next, threadName);
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void end() {
    end(leave());
  }

  /** Ends the thread; no other will follow. */
  @Override
  public void close() {
    end(shut());
  }

  /** One who listens goes; the ear that is then to end, or null. */
  private synchronized @Nullable Ear leave() {
    subscriptions--;
    return subscriptions == 0 ? takeEar() : null;
  }

  private synchronized @Nullable Ear shut() {
    isClosed = true;
    return takeEar();
  }

  private @Nullable Ear takeEar() {
    Ear taken = ear;
    ear = null;
    return taken;
  }

  /** Without the lock, since it may take a moment. */
  private static void end(@Nullable Ear taken) {
    if (taken != null) {
      taken.end();
    }
  }
}
