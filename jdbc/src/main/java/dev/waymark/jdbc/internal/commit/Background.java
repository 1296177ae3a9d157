package dev.waymark.jdbc.internal.commit;

import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The thread that leads when no caller can. It is created on first use and ends when it has been
 * idle for a while. It is a daemon thread, because a caller that needs the result waits for it.
 */
final class Background implements AutoCloseable {
  private static final long IDLE_SECONDS = 5;

  private @Nullable ThreadPoolExecutor threads;

  /** Runs work in the background; for the short time of a change of leaders there may be two. */
  synchronized void run(Runnable work) {
    ThreadPoolExecutor pool = threads;
    if (pool == null) {
      pool =
          new ThreadPoolExecutor(
              0,
              Integer.MAX_VALUE,
              IDLE_SECONDS,
              TimeUnit.SECONDS,
              new SynchronousQueue<>(),
              Background::thread);
      threads = pool;
    }
    pool.execute(work);
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "waymark-commit");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public synchronized void close() {
    if (threads != null) {
      threads.shutdown();
    }
  }
}
