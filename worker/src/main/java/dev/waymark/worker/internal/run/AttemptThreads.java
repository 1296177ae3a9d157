package dev.waymark.worker.internal.run;

import dev.waymark.worker.internal.base.DaemonThreads;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads of handlers: virtual ones on JDK 21 and later, else a pool with as many threads as
 * the worker has slots. This class is compiled for JDK 17, so it finds virtual threads by
 * reflection.
 */
final class AttemptThreads {
  private static final String NAME = "waymark-attempt";

  /** How long a thread that no attempt needs is kept. */
  private static final Duration IDLE = Duration.ofSeconds(10);

  private AttemptThreads() {}

  /** Creates the threads for a number of attempts. */
  static ExecutorService create(int concurrency, boolean virtual) {
    if (virtual) {
      try {
        return virtual();
      } catch (ReflectiveOperationException e) {
        return pool(concurrency); // This JDK has none.
      }
    }
    return pool(concurrency);
  }

  private static ExecutorService virtual() throws ReflectiveOperationException {
    Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
    Class<?> type = Class.forName("java.lang.Thread$Builder");
    Object named = type.getMethod("name", String.class, long.class).invoke(builder, NAME + "-", 0L);
    Object factory = type.getMethod("factory").invoke(named);
    return (ExecutorService)
        Executors.class
            .getMethod("newThreadPerTaskExecutor", ThreadFactory.class)
            .invoke(null, factory);
  }

  private static ExecutorService pool(int concurrency) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            concurrency,
            concurrency,
            IDLE.toNanos(),
            TimeUnit.NANOSECONDS,
            new LinkedBlockingQueue<>(),
            new DaemonThreads(NAME));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
