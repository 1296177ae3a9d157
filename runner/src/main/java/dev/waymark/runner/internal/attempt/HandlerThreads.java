package dev.waymark.runner.internal.attempt;

import dev.waymark.runner.internal.base.DaemonThreads;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads of the handlers of a worker: one for each slot, and one more for each handler that
 * was abandoned and still runs. So a call never waits for a thread.
 *
 * <p>The calls go through a queue, because most calls then find a thread that is awake: to wake a
 * sleeping one takes longer than a short handler. Thread-safe.
 */
final class HandlerThreads implements Executor, AutoCloseable {
  /** How long a thread that no handler needs is kept. */
  private static final Duration IDLE = Duration.ofSeconds(10);

  private final ThreadPoolExecutor threads;

  /** Threads for as many concurrent calls, in addition to those that were abandoned. */
  HandlerThreads(int slots) {
    this.threads =
        new ThreadPoolExecutor(
            slots,
            Integer.MAX_VALUE,
            IDLE.toNanos(),
            TimeUnit.NANOSECONDS,
            new LinkedBlockingQueue<>(),
            new DaemonThreads("waymark-handlers"));
    threads.allowCoreThreadTimeOut(true);
  }

  @Override
  public void execute(Runnable call) {
    threads.execute(call);
  }

  /** A call was abandoned and still runs. Its slot is free, so another thread must be available. */
  synchronized void abandoned() {
    threads.setCorePoolSize(threads.getCorePoolSize() + 1);
  }

  /** A call that was abandoned has returned. */
  synchronized void returned() {
    threads.setCorePoolSize(threads.getCorePoolSize() - 1);
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
