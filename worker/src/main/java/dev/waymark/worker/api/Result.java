package dev.waymark.worker.api;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Durations;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.Signal;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How an attempt ends, and what that means for its task run. Immutable.
 *
 * <p>The worker commits it together with what {@link Next} decides, in one change set.
 *
 * <pre>{@code
 * Result done = Result.success(Payload.json("{\"rows\": 42}"));
 * Result later = Result.retryIn(Duration.ofMinutes(5), "the rate limit is reached");
 * Result asleep = Result.waitFor(Duration.ofDays(1));
 * }</pre>
 *
 * @since 0.1.0
 */
public sealed interface Result {
  /** The longest delay or wait. */
  Duration LONGEST = Duration.ofDays(3_650);

  /** The attempt and its task run succeed, without a result. */
  static Result success() {
    return new Success(null);
  }

  /**
   * The attempt and its task run succeed.
   *
   * @param payload the result of the task run, or null; at most {@code maxOutputBytes} of the store
   */
  static Result success(@Nullable Payload payload) {
    return new Success(payload);
  }

  /** The attempt fails. The task run is retried as the retry policy of the worker says. */
  static Result failure(String error) {
    return new Failure(error, null, false);
  }

  /** The attempt fails, and so does the task run: a retry would not help. */
  static Result finalFailure(String error) {
    return new Failure(error, null, true);
  }

  /**
   * The attempt fails. If the retry policy allows another attempt, the next one starts after this
   * delay, instead of the delay of the policy.
   *
   * @throws InvalidInputException when the delay is negative or longer than {@link #LONGEST}
   */
  static Result retryIn(Duration delay, String error) {
    return new Failure(error, delay, false);
  }

  /**
   * The attempt succeeds, and the task run waits (WAITING) for this time. It holds no worker, no
   * lease and no slot meanwhile. Then its next attempt starts. A program may start it earlier by
   * {@code readyTaskRun}.
   *
   * @throws InvalidInputException when the time is negative or longer than {@link #LONGEST}
   */
  static Result waitFor(Duration time) {
    return new Wait(time, null);
  }

  /**
   * The attempt succeeds, and the task run waits (WAITING) until the program goes on with it, for
   * example by {@code readyTaskRun}.
   */
  static Result waitOutside() {
    return new Wait(null, null);
  }

  /**
   * The attempt succeeds, and the task run waits (WAITING) for a signal to its execution. The next
   * attempt starts when the signal has arrived, also if it arrived before. {@code
   * context.store().signals(...)} returns it.
   *
   * @throws InvalidInputException when the name is not valid
   */
  static Result waitForSignal(String name) {
    return new WaitForSignal(name, null, null);
  }

  /**
   * The same, but the next attempt starts after this time at the latest, also without a signal.
   *
   * @throws InvalidInputException when the name is not valid, or the time is negative or longer
   *     than {@link #LONGEST}
   */
  static Result waitForSignal(String name, Duration timeout) {
    return new WaitForSignal(name, timeout, null);
  }

  /**
   * The attempt succeeds, and the task run waits (WAITING) until a child of its execution has
   * ended, in any state. The next attempt starts then, at once if the child has ended before. It
   * reads the child from {@code context.store()}.
   */
  static Result waitForChild(ExecutionId child) {
    return new WaitForChild(child, null, null);
  }

  /**
   * The same, but the next attempt starts after this time at the latest. The child goes on.
   *
   * @throws InvalidInputException when the time is negative or longer than {@link #LONGEST}
   */
  static Result waitForChild(ExecutionId child, Duration timeout) {
    return new WaitForChild(child, timeout, null);
  }

  /**
   * A success.
   *
   * @param payload the result of the task run, or null
   */
  record Success(@Nullable Payload payload) implements Result {}

  /**
   * A failure.
   *
   * @param error why; the store keeps at most {@code maxErrorBytes} of it
   * @param delay the delay before a retry, or null for that of the retry policy
   * @param isFinal whether there is no retry
   */
  record Failure(String error, @Nullable Duration delay, boolean isFinal) implements Result {
    /** Checks the delay. */
    public Failure {
      Objects.requireNonNull(error, "error");
      if (delay != null) {
        Durations.within("the delay of a retry", delay, Duration.ZERO, LONGEST);
      }
    }
  }

  /**
   * A wait.
   *
   * @param time how long, or null for a wait without a timer
   * @param payload the result of the task run so far, which the next attempt may read, or null
   */
  record Wait(@Nullable Duration time, @Nullable Payload payload) implements Result {
    /** Checks the time. */
    public Wait {
      if (time != null) {
        Durations.within("the time of a wait", time, Duration.ZERO, LONGEST);
      }
    }
  }

  /**
   * A wait for a signal.
   *
   * @param name the name of the signal
   * @param timeout how long at most, or null without an end
   * @param payload the result of the task run so far, as in {@link Wait}
   */
  record WaitForSignal(String name, @Nullable Duration timeout, @Nullable Payload payload)
      implements Result {
    /** Checks the name and the time. */
    public WaitForSignal {
      Signal.checkName(name);
      checkTimeout(timeout);
    }
  }

  /**
   * A wait for the end of a child.
   *
   * @param child the child, which a task run of the same execution has started
   * @param timeout how long at most, or null without an end
   * @param payload the result of the task run so far, as in {@link Wait}
   */
  record WaitForChild(ExecutionId child, @Nullable Duration timeout, @Nullable Payload payload)
      implements Result {
    /** Checks the time. */
    public WaitForChild {
      Objects.requireNonNull(child, "child");
      checkTimeout(timeout);
    }
  }

  private static void checkTimeout(@Nullable Duration timeout) {
    if (timeout != null) {
      Durations.within("the time-out of a wait", timeout, Duration.ZERO, LONGEST);
    }
  }
}
