package dev.waymark.runner.definition;

import dev.waymark.core.internal.Durations;
import dev.waymark.worker.internal.base.RetryDelays;
import java.time.Duration;

/**
 * The rules for retries after a failed attempt.
 *
 * @param maxAttempts how many attempts may fail before the task run fails, at least 1
 * @param delay delay after the first failed attempt
 * @param backoff factor by which the delay grows with each further failed attempt, at least 1
 * @param maxDelay the longest delay
 * @param jitter the part of a delay, from 0 to 1, that is random, so that tasks that failed
 *     together do not retry together
 * @since 0.1.0
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

  /** One attempt, no retry. */
  public static final RetryPolicy NONE =
      new RetryPolicy(1, Duration.ofSeconds(1), 2, Duration.ofMinutes(5), 0.1);

  /**
   * The delay after a failed attempt: {@code min(maxDelay, delay * backoff^(failed - 1))}, reduced
   * by a random part of up to {@code jitter}.
   *
   * @param failed how many attempts have failed, at least 1
   * @param random a number from 0 (inclusive) to 1 (exclusive); the same number gives the same
   *     delay
   */
  public Duration delayAfter(int failed, double random) {
    return RetryDelays.after(failed, delay, backoff, maxDelay, jitter, random);
  }
}
