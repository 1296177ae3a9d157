package dev.waymark.bench.commits;

import java.util.Arrays;
import java.util.Collection;

/** Every single latency of a thread, so that percentiles are exact. Not thread-safe. */
final class Latencies {
  private long[] nanos = new long[1 << 12];
  private int count;

  void add(long value) {
    if (count == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * count);
    }
    nanos[count++] = value;
  }

  /** The work of all these threads in this time. */
  static Slice slice(Collection<Latencies> threads, long nanos) {
    long[] all =
        threads.stream().flatMapToLong(each -> Arrays.stream(each.nanos, 0, each.count)).toArray();
    Arrays.sort(all);
    return new Slice(all.length, nanos, percentile(all, 0.50), percentile(all, 0.99));
  }

  private static long percentile(long[] sorted, double fraction) {
    return sorted.length == 0 ? 0 : sorted[(int) Math.ceil(fraction * sorted.length) - 1];
  }
}
