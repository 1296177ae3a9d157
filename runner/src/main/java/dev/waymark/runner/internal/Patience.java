package dev.waymark.runner.internal;

import dev.waymark.core.error.StoreOverloadedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.internal.Durations;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a store that does not answer, or has too much to do, again, for a time: a disk that was full
 * or a server that restarts need not end a run of hours.
 */
final class Patience {
  private static final Logger LOG = LoggerFactory.getLogger(Patience.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final Duration limit;

  Patience(Duration limit) {
    this.limit = limit;
  }

  /**
   * Calls until there is an answer. A commit must carry the same commit id each time, since one
   * whose answer was lost may have been made.
   *
   * @throws StoreUnavailableException the last one, when the time is over
   * @throws StoreOverloadedException likewise
   */
  <T extends @Nullable Object> T call(Supplier<T> call) {
    long begin = System.nanoTime();
    Duration pause = FIRST_PAUSE;
    while (true) {
      try {
        return call.get();
      } catch (StoreUnavailableException | StoreOverloadedException e) {
        if (System.nanoTime() - begin >= limit.toNanos()) {
          throw e;
        }
        report(e, pause);
      }
      LockSupport.parkNanos(pause.toNanos());
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
              ? pause.multipliedBy(2)
              : LONGEST_PAUSE;
    }
  }

  /** An operator must see why nothing goes on, once for each call that waits. */
  private void report(WaymarkException error, Duration pause) {
    if (pause.equals(FIRST_PAUSE)) {
      LOG.warn("{}; trying again for at most {}", error.getMessage(), Durations.format(limit));
    } else {
      LOG.debug("the store does not answer; asking again in {}", pause, error);
    }
  }
}
