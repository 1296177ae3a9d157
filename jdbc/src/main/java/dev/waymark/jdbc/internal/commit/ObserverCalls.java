package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.store.Claims;
import dev.waymark.core.store.StoreObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls an observer, whose exceptions must not affect a write. Thread-safe. */
final class ObserverCalls {
  private static final Logger LOG = LoggerFactory.getLogger(ObserverCalls.class);

  private final StoreObserver observer;
  private final AtomicBoolean complained = new AtomicBoolean();

  ObserverCalls(StoreObserver observer) {
    this.observer = observer;
  }

  /** A group has been answered, on which the work began at this monotonic time. */
  void committed(List<Ticket> group, long beganNanos) {
    Duration took = since(beganNanos);
    int accepted = (int) group.stream().filter(Ticket::hasSucceeded).count();
    report(() -> observer.committed(group.size(), accepted, took));
  }

  /** A claim has been answered, on which the work began at this monotonic time. */
  void claimed(Claims claims, long beganNanos) {
    Duration took = since(beganNanos);
    report(() -> observer.claimed(claims.claimed().size(), took));
  }

  private static Duration since(long beganNanos) {
    return Duration.ofNanos(System.nanoTime() - beganNanos);
  }

  private void report(Runnable call) {
    try {
      call.run();
    } catch (Throwable e) { // also an Error: the write has been answered
      if (complained.compareAndSet(false, true)) {
        LOG.warn(
            "the store observer threw an exception; writes are not affected, and further exceptions"
                + " are not logged",
            e);
      }
    }
  }
}
