package dev.waymark.bench.turns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Calls that several threads repeat for a while. */
public final class Concurrently {
  private Concurrently() {}

  /** What one thread repeats; returns false when nothing is left to do. */
  public interface Call {
    /** Does one piece of work. */
    boolean run() throws Exception;
  }

  /** The number of calls that did something in a second, for all threads together. */
  public static double perSecond(List<? extends Call> calls, Duration slice) throws Exception {
    AtomicLong done = new AtomicLong();
    ExecutorService threads = Executors.newFixedThreadPool(calls.size());
    try {
      long begin = System.nanoTime();
      long end = begin + slice.toNanos();
      List<Callable<Boolean>> all = new ArrayList<>();
      for (Call call : calls) {
        all.add(
            () -> {
              while (System.nanoTime() < end && call.run()) {
                done.incrementAndGet();
              }
              return true;
            });
      }
      for (Future<Boolean> each : threads.invokeAll(all)) {
        each.get();
      }
      return done.get() / ((System.nanoTime() - begin) / 1e9);
    } finally {
      threads.shutdown();
    }
  }
}
