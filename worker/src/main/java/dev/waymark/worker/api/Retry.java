package dev.waymark.worker.api;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Durations;
import dev.waymark.worker.internal.base.RetryDelays;
import java.time.Duration;

/**
 * The policy for retries after failed attempts. Attempts that are LOST with their worker, or
 * CANCELLED because it was closed, do not count as failed.
 *
 * <pre>{@code
 * Retry retry = Retry.of(5, Duration.ofSeconds(1)).maxDelay(Duration.ofMinutes(1));
 * }</pre>
 *
 * @param maxAttempts how many attempts of a task run may fail before it fails, at least 1
 * @param delay the delay after the first failed attempt
 * @param factor by which the delay grows with each further failed attempt, at least 1
 * @param maxDelay the longest delay
 * @param jitter the part of a delay, from 0 to 1, that is random
 * @since 0.1.0
 */
public record Retry(
    int maxAttempts, Duration delay, double factor, Duration maxDelay, double jitter) {

  private static final double FACTOR = 2;
  private static final double JITTER = 0.1;
  private static final Duration MAX_DELAY = Duration.ofMinutes(5);

  /** One attempt, no retry. */
  public static final Retry NONE = of(1, Duration.ofSeconds(1));

  /**
   * Checks the settings.
   *
   * @throws InvalidInputException when one is out of range
   */
  public Retry {
    if (maxAttempts < 1) {
      throw new InvalidInputException("maxAttempts is " + maxAttempts + "; use at least 1");
    }
    Durations.within("delay", delay, Duration.ZERO, Result.LONGEST);
    Durations.within("maxDelay", maxDelay, Duration.ZERO, Result.LONGEST);
    if (!(factor >= 1 && factor <= Integer.MAX_VALUE)) {
      throw new InvalidInputException("factor is " + factor + "; use at least 1");
    }
    if (!(jitter >= 0 && jitter <= 1)) {
      throw new InvalidInputException("jitter is " + jitter + "; use 0 to 1");
    }
  }

  /** Retries with a delay that doubles, up to 5 minutes, of which a tenth is random. */
  public static Retry of(int maxAttempts, Duration delay) {
    return new Retry(maxAttempts, delay, FACTOR, MAX_DELAY, JITTER);
  }

  /** The same with another longest delay. */
  public Retry maxDelay(Duration most) {
    return new Retry(maxAttempts, delay, factor, most, jitter);
  }

  /**
   * The delay after a failed attempt.
   *
   * @param failed how many attempts have failed, at least 1
   * @param random a number from 0 (inclusive) to 1 (exclusive)
   */
  public Duration delayAfter(int failed, double random) {
    return RetryDelays.after(failed, delay, factor, maxDelay, jitter, random);
  }
}
