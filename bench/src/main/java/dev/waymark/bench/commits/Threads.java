package dev.waymark.bench.commits;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Makes threads that do not keep a failed measurement alive. */
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
