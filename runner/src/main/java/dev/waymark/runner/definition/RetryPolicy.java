package dev.waymark.runner.definition;

import dev.waymark.core.internal.Durations;
import java.time.Duration;

/**
 * When a failed attempt is followed by another one.
 *
 * @param maxAttempts how many attempts may fail before the task run has failed, at least 1
 * @param delay pause after the first failed attempt
 * @param backoff factor by which the pause grows with each further failed attempt, at least 1
 * @param maxDelay the longest pause
 * @param jitter the part of a pause, from 0 to 1, by which it is spread at random so that tasks
 *     which failed together do not retry together
 */
public record RetryPolicy(
    int maxAttempts, Duration delay, double backoff, Duration maxDelay, double jitter) {

  private static final Duration LONGEST = Duration.ofDays(36_500);

  /**
   * Checks the durations.
   *
   * @throws dev.waymark.core.error.InvalidInputException when one is negative or longer than a
   *     century
   */
  public RetryPolicy {
    Durations.within("delay", delay, Duration.ZERO, LONGEST);
    Durations.within("maxDelay", maxDelay, Duration.ZERO, LONGEST);
  }

  /** One attempt and no more. */
  public static final RetryPolicy NONE =
      new RetryPolicy(1, Duration.ofSeconds(1), 2, Duration.ofMinutes(5), 0.1);

  /**
   * The pause after a failed attempt: {@code min(maxDelay, delay * backoff^(failed - 1))}, less a
   * part of it of up to {@code jitter}.
   *
   * @param failed how many attempts have failed, at least 1
   * @param random a number from 0 (inclusive) to 1 (exclusive); the same number gives the same
   *     pause
   */
  public Duration delayAfter(int failed, double random) {
    double nanos =
        Math.min((double) maxDelay.toNanos(), delay.toNanos() * Math.pow(backoff, failed - 1));
    return Duration.ofNanos((long) (nanos * (1 - jitter * random)));
  }
}
