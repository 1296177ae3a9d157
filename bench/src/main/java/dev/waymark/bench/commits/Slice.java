package dev.waymark.bench.commits;

/**
 * What a contestant did in one slice of time.
 *
 * @param steps how many steps were acknowledged
 * @param nanos how long it took
 * @param p50Nanos half of the steps took at most so long
 * @param p99Nanos 99 of 100 steps took at most so long
 */
public record Slice(long steps, long nanos, long p50Nanos, long p99Nanos) {

  /** Acknowledged steps a second. */
  public double rate() {
    return steps * 1e9 / nanos;
  }
}
