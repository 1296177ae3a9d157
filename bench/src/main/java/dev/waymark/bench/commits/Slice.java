package dev.waymark.bench.commits;

/**
 * The work of an implementation in one slice of time.
 *
 * @param steps the number of acknowledged steps
 * @param nanos the duration of the slice
 * @param p50Nanos the latency that half of the steps did not exceed
 * @param p99Nanos the latency that 99 of 100 steps did not exceed
 */
public record Slice(long steps, long nanos, long p50Nanos, long p99Nanos) {

  /** Acknowledged steps per second. */
  public double rate() {
    return steps * 1e9 / nanos;
  }
}
