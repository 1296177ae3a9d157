package dev.waymark.worker.internal.base;

import java.time.Duration;

/** The delays between the attempts of a task run: exponential, with jitter. */
public final class RetryDelays {
  private RetryDelays() {}

  /**
   * The delay after a failed attempt: {@code min(longest, first * factor^(failed - 1))}, reduced by
   * a random part of up to {@code jitter}.
   *
   * @param failed how many attempts have failed, at least 1
   * @param random a number from 0 (inclusive) to 1 (exclusive)
   */
  public static Duration after(
      int failed, Duration first, double factor, Duration longest, double jitter, double random) {
    double nanos =
        Math.min((double) longest.toNanos(), first.toNanos() * Math.pow(factor, failed - 1));
    return Duration.ofNanos((long) (nanos * (1 - jitter * random)));
  }
}
