package dev.waymark.bench.claims;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Several claimers that claim concurrently for a while. */
final class Claimers {
  private Claimers() {}

  /** Takes something; returns false when nothing is left. */
  interface Taker {
    boolean take() throws Exception;
  }

  /** The number of taken items in a second, for all takers together. */
  static double perSecond(List<? extends Taker> takers, Duration slice) throws Exception {
    AtomicLong taken = new AtomicLong();
    ExecutorService threads = Executors.newFixedThreadPool(takers.size());
    try {
      long begin = System.nanoTime();
      long end = begin + slice.toNanos();
      List<Callable<Boolean>> calls = new ArrayList<>();
      for (Taker taker : takers) {
        calls.add(
            () -> {
              while (System.nanoTime() < end && taker.take()) {
                taken.incrementAndGet();
              }
              return true;
            });
      }
      for (Future<Boolean> call : threads.invokeAll(calls)) {
        call.get();
      }
      return taken.get() / ((System.nanoTime() - begin) / 1e9);
    } finally {
      threads.shutdown();
    }
  }
}
