package dev.waymark.core.model;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import java.time.Instant;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A signal: something that happened outside an execution and that one of its task runs waits for,
 * such as a decision of a person or the callback of another system. Its payload is that of {@link
 * PayloadRef#ofSignal}.
 *
 * <p>Each signal is delivered to one task run at most. It is kept until a task run waits for its
 * name, and the signals of one name are delivered in the order of their numbers.
 *
 * @param executionId the execution
 * @param number its number in the execution, from 1; without gaps, unless the execution was
 *     continued: then those that were kept have moved to the next one
 * @param name what happened, such as {@code approved}
 * @param key the idempotency key of the sender, or null
 * @param sentAt when it was sent
 * @param taskRunId the task run to which it was delivered, or null while it is kept
 * @param attempt the number of the first attempt of that task run that starts after the delivery,
 *     or null while it is kept
 * @since 0.1.0
 */
public record Signal(
    ExecutionId executionId,
    int number,
    String name,
    @Nullable String key,
    Instant sentAt,
    @Nullable TaskRunId taskRunId,
    @Nullable Integer attempt) {
  /** The greatest length of an idempotency key, in bytes of UTF-8. */
  public static final int MAX_KEY_BYTES = 255;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,127}");

  /** Rejects null. */
  public Signal {
    Objects.requireNonNull(executionId, "execution id");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(sentAt, "sentAt");
  }

  /**
   * Checks the name of a signal: 1 to 128 ASCII letters, digits, {@code . _ / -}, beginning with a
   * letter or digit.
   *
   * @return the name
   * @throws InvalidInputException when the name does not have this form
   */
  public static String checkName(String name) {
    return Text.matching(
        "name of a signal",
        name,
        NAME,
        "use 1 to 128 letters, digits, '.', '_', '/' or '-', beginning with a letter or digit");
  }

  /**
   * Checks an idempotency key: well-formed text of 1 to {@value #MAX_KEY_BYTES} bytes.
   *
   * @throws InvalidInputException when it is not
   */
  public static void checkKey(String key) {
    Text.wellFormed("idempotency key of a signal", key);
    int bytes = Text.utf8Bytes(key);
    if (bytes == 0 || bytes > MAX_KEY_BYTES) {
      throw new InvalidInputException(
          "the idempotency key of a signal has "
              + bytes
              + " bytes; use 1 to "
              + MAX_KEY_BYTES
              + ", or none");
    }
  }
}
