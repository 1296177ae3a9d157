package dev.waymark.bench.commits;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Creates threads that do not keep the process alive after a failed measurement. */
final class Threads {
  private Threads() {}

  static ExecutorService pool(int count) {
    return Executors.newFixedThreadPool(
        count,
        work -> {
          Thread thread = new Thread(work, "bench");
          thread.setDaemon(true);
          return thread;
        });
  }
}
