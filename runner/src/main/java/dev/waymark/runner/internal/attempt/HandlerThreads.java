package dev.waymark.runner.internal.attempt;

import dev.waymark.worker.internal.base.DaemonThreads;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads of the handlers of a worker: as many as there are calls at the same time, including
 * those that were abandoned and still run. So a call never waits for a thread.
 *
 * <p>The calls go through a queue, because most calls then find a thread that is awake: to wake a
 * sleeping one takes longer than a short handler. Thread-safe.
 */
final class HandlerThreads implements Executor, AutoCloseable {
  /** How long a thread that no handler needs is kept. */
  private static final Duration IDLE = Duration.ofSeconds(10);

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          1,
          1,
          IDLE.toNanos(),
          TimeUnit.NANOSECONDS,
          new LinkedBlockingQueue<>(),
          new DaemonThreads("waymark-handlers"));

  /** How many calls have been given and have not returned. Guarded by this. */
  private int calls;

  HandlerThreads() {
    threads.allowCoreThreadTimeOut(true);
  }

  @Override
  public void execute(Runnable call) {
    begin();
    threads.execute(
        () -> {
          try {
            call.run();
          } finally {
            end();
          }
        });
  }

  /** The pool starts a thread for a call while it has fewer than its size. */
  private synchronized void begin() {
    calls++;
    if (calls > threads.getCorePoolSize()) {
      threads.setMaximumPoolSize(calls);
      threads.setCorePoolSize(calls);
    }
  }

  private synchronized void end() {
    calls--;
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
