package dev.waymark.bench.peers.jobrunr;

import java.util.concurrent.atomic.AtomicLong;

/** The job that does nothing but to be counted. JobRunr calls it by its name. */
public final class Handled {
  private static final AtomicLong COUNT = new AtomicLong();

  private Handled() {}

  /** Counts one job. */
  public static void increment() {
    COUNT.incrementAndGet();
  }

  static long count() {
    return COUNT.get();
  }
}
