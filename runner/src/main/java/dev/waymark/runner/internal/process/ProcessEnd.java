package dev.waymark.runner.internal.process;

import dev.waymark.core.internal.Durations;
import dev.waymark.core.model.Payload;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a process, or the call of a handler, ended.
 *
 * @param cause what ended it
 * @param exitCode its exit code, 128 or more if a signal ended it; null when it never started
 * @param error why it did not succeed, or null for exit code 0
 * @param result the result of the attempt, or null; a process writes its outputs to a file
 * @param followUp what follows instead of the end of the task, or null
 * @param leftRunning names the processes that could not be ended and still run, or null for none
 */
public record ProcessEnd(
    Cause cause,
    @Nullable Integer exitCode,
    @Nullable String error,
    @Nullable Payload result,
    @Nullable FollowUp followUp,
    @Nullable String leftRunning) {
  /** The maximum length of an error; a message of the system is one line. */
  private static final int MAX_ERROR_CHARS = 1_000;

  /** The causes of an end. */
  public enum Cause {
    /** It could not start. */
    NOT_STARTED,
    /**
     * It could not start, or its end could not be recorded, and the same would happen to every
     * other attempt: for {@link NeverStartsException}.
     */
    NEVER_STARTS,
    /** It was not started, because its lease had expired. */
    LATE,
    /** It was not started, because its worker had no free slot for it in time. */
    GIVEN_BACK,
    /** It ended by itself. */
    ITSELF,
    /** It took longer than its time-out. */
    TIMED_OUT,
    /** {@link TaskProcess#end} was called before it ended. */
    ASKED,
    /** An interrupt at the terminal reached it before its script began: nothing of it has run. */
    INTERRUPTED
  }

  /** The end of a process, whose outputs are in a file. */
  ProcessEnd(Cause cause, @Nullable Integer exitCode, @Nullable String error) {
    this(cause, exitCode, error, null, null, null);
  }

  /** The end of an attempt that was asked to end before it began. */
  public static ProcessEnd asked() {
    return new ProcessEnd(Cause.ASKED, null, null);
  }

  public static ProcessEnd notStarted(@Nullable String reason) {
    return notStarted(Cause.NOT_STARTED, reason);
  }

  public static ProcessEnd neverStarts(@Nullable String reason) {
    return notStarted(Cause.NEVER_STARTS, reason);
  }

  public static ProcessEnd late(String reason) {
    return notStarted(Cause.LATE, reason);
  }

  /** The end of an attempt that waited in vain for a free slot of its worker. */
  public static ProcessEnd givenBack() {
    return new ProcessEnd(
        Cause.GIVEN_BACK, null, "was not begun: the tasks before it took longer than expected");
  }

  private static ProcessEnd notStarted(Cause cause, @Nullable String reason) {
    String error = "cannot start: " + reason;
    // Cuts at a code point, because the store would reject half a surrogate pair.
    int end =
        error.length() <= MAX_ERROR_CHARS
            ? error.length()
            : error.offsetByCodePoints(0, MAX_ERROR_CHARS / 2);
    return new ProcessEnd(cause, null, error.substring(0, end));
  }

  static ProcessEnd of(Cause cause, int exitCode, @Nullable Duration timeout) {
    return new ProcessEnd(cause, exitCode, error(cause, exitCode, timeout));
  }

  /** The end of an attempt whose script itself could not be ended. */
  static ProcessEnd unended(Cause cause, @Nullable Duration timeout) {
    String error =
        cause == Cause.TIMED_OUT ? error(cause, 0, timeout) : "its script could not be ended";
    return new ProcessEnd(cause, null, error);
  }

  /** The same end, with the processes that could not be ended. */
  ProcessEnd leaving(@Nullable String processes) {
    return new ProcessEnd(cause, exitCode, error, result, followUp, processes);
  }

  /** The same end with these outputs. */
  public ProcessEnd with(Map<String, String> outputs) {
    Payload found = outputs.isEmpty() ? null : Payload.ofTexts(outputs);
    return new ProcessEnd(cause, exitCode, error, found, followUp, leftRunning);
  }

  /** The end of a handler: by itself, on request, or by its time-out. */
  public static ProcessEnd ofHandler(
      Cause cause, @Nullable String error, @Nullable Duration timeout, @Nullable Payload result) {
    if (cause == Cause.TIMED_OUT && timeout != null) {
      return new ProcessEnd(cause, null, error(cause, 0, timeout));
    }
    return new ProcessEnd(cause, null, error, result, null, null);
  }

  /** The same end of an attempt that this follows. */
  public ProcessEnd before(FollowUp asked) {
    return new ProcessEnd(cause, exitCode, error, result, asked, leftRunning);
  }

  /** The same end as that of an attempt that was in vain, so that the task needs another one. */
  public ProcessEnd inVain(String reason) {
    return new ProcessEnd(Cause.GIVEN_BACK, exitCode, reason, null, null, leftRunning);
  }

  /** The same end as a failure, for a reason that was found later. */
  public ProcessEnd failed(String reason) {
    return new ProcessEnd(cause, exitCode, reason, null, null, leftRunning);
  }

  /** The same, for a reason for which every other attempt would fail too. */
  public ProcessEnd failedForGood(String reason) {
    return new ProcessEnd(Cause.NEVER_STARTS, exitCode, reason, null, null, leftRunning);
  }

  private static @Nullable String error(Cause cause, int exitCode, @Nullable Duration timeout) {
    if (cause == Cause.TIMED_OUT && timeout != null) {
      return "timed out after " + Durations.format(timeout);
    }
    return cause == Cause.INTERRUPTED ? "interrupted before it began" : Signals.error(exitCode);
  }

  public boolean isLate() {
    return cause == Cause.LATE;
  }

  public boolean succeeded() {
    return cause == Cause.ITSELF && error == null;
  }
}
