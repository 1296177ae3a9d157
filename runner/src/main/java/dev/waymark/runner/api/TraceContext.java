package dev.waymark.runner.api;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.model.Execution;
import dev.waymark.runner.internal.base.StartLabels;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A trace context in the format of W3C Trace Context. The runner stores the one of a start with the
 * execution, in labels, so that the attempts of all workers belong to the trace of the starter.
 * Immutable.
 *
 * @param traceparent the ids of the trace and of the span, and the flags
 * @param tracestate values of vendors, or null
 * @since 0.1.0
 */
public record TraceContext(String traceparent, @Nullable String tracestate) {
  private static final Pattern TRACEPARENT =
      Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

  private static final Pattern TRACESTATE = Pattern.compile("[ -~\t]{1,512}");

  /**
   * Checks the format.
   *
   * @throws InvalidInputException when it is not that of version 00 of W3C Trace Context
   */
  public TraceContext {
    check("traceparent", traceparent, TRACEPARENT);
    if (tracestate != null) {
      check("tracestate", tracestate, TRACESTATE);
    }
  }

  private static void check(String name, String value, Pattern format) {
    if (!format.matcher(value).matches()) {
      throw new InvalidInputException(
          name + " is " + Text.quote(value) + "; it must have the format of W3C Trace Context");
    }
  }

  /**
   * Returns the trace context with which an execution was started; null if it has none, or one that
   * is not valid.
   */
  public static @Nullable TraceContext of(Execution execution) {
    Map<String, String> labels = execution.labels();
    return of(labels.get(StartLabels.TRACEPARENT), labels.get(StartLabels.TRACESTATE));
  }

  /**
   * Returns the trace context of a process, from the environment variables {@code TRACEPARENT} and
   * {@code TRACESTATE}; null if it has none, or one that is not valid.
   */
  public static @Nullable TraceContext of(Map<String, String> environment) {
    return of(environment.get("TRACEPARENT"), environment.get("TRACESTATE"));
  }

  private static @Nullable TraceContext of(@Nullable String parent, @Nullable String state) {
    if (parent == null || !TRACEPARENT.matcher(parent).matches()) {
      return null;
    }
    boolean hasState = state != null && TRACESTATE.matcher(state).matches();
    return new TraceContext(parent, hasState ? state : null);
  }

  /** The environment variables that carry it to a process. */
  public Map<String, String> environment() {
    return tracestate == null
        ? Map.of("TRACEPARENT", traceparent)
        : Map.of("TRACEPARENT", traceparent, "TRACESTATE", tracestate);
  }
}
