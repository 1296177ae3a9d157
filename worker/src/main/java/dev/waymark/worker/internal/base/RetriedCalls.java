package dev.waymark.worker.internal.base;

import dev.waymark.core.error.StoreOverloadedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.internal.Backoff;
import dev.waymark.core.internal.Durations;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Retries calls of a store that does not answer or is overloaded. A disk that was full, or a server
 * that restarts, then does not end a run of hours. Each worker has one; thread-safe.
 *
 * <p>A store that does not answer is retried for a limited time. An overloaded store does answer,
 * so it is retried until it is no longer overloaded: to give up would not reduce the load, and an
 * execution would lose its worker. A runner that stops, or whose thread is interrupted, retries for
 * a few more seconds, because results of finished tasks may be lost. Then it gives up in both
 * cases.
 */
public final class RetriedCalls {
  private static final Logger LOG = LoggerFactory.getLogger(RetriedCalls.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
  private static final Duration LAST_LIMIT = Duration.ofSeconds(10);

  private final Duration limit;
  private final Duration lastLimit;
  private volatile boolean stopping;

  /** Retries a store that does not answer for at most this time. */
  public RetriedCalls(Duration limit) {
    this(limit, LAST_LIMIT);
  }

  /** Does the same with a different limit for a runner that stops. */
  RetriedCalls(Duration limit, Duration lastLimit) {
    this.limit = limit;
    this.lastLimit = lastLimit;
  }

  /** Limits all retries to a few seconds from now on. */
  public void stopSoon() {
    stopping = true;
  }

  /**
   * Repeats the call until the store answers. A commit must carry the same commit id each time,
   * because the commit may have succeeded although its answer was lost.
   *
   * @throws StoreUnavailableException the last one, when the time limit is reached
   * @throws StoreOverloadedException the last one, when the runner stops meanwhile
   */
  public <T extends @Nullable Object> T call(Supplier<T> call) {
    Backoff backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE, limit);
    Backoff last = null;
    boolean warned = false;
    while (true) {
      try {
        return call.get();
      } catch (StoreUnavailableException | StoreOverloadedException e) {
        if (last == null && (stopping || Thread.currentThread().isInterrupted())) {
          last = new Backoff(FIRST_PAUSE, LONGEST_PAUSE, lastLimit);
        }
        boolean tooLong = e instanceof StoreUnavailableException && backoff.isOver();
        if (tooLong || (last != null && last.isOver())) {
          throw e;
        }
        report(e, warned);
        warned |= e instanceof StoreUnavailableException;
      }
      Backoff.sleep(backoff.nextNanos(), TimeUnit.NANOSECONDS);
    }
  }

  /** Logs once for each waiting call, so that an operator can see why there is no progress. */
  private void report(WaymarkException error, boolean warned) {
    if (warned || !(error instanceof StoreUnavailableException)) {
      LOG.debug("the store does not answer; retrying", error);
    } else {
      LOG.warn("{}; retrying for at most {}", error.getMessage(), Durations.format(limit));
    }
  }
}
