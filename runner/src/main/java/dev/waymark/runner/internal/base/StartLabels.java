package dev.waymark.runner.internal.base;

import dev.waymark.core.store.Change;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The labels that the runner sets on an execution when it starts it. */
public final class StartLabels {
  /** Names with this prefix are reserved for the runner. */
  public static final String RESERVED = "waymark.";

  /** The label of an execution that was started with its own priority. */
  public static final String PRIORITY = "waymark.priority";

  /** The label with the W3C {@code traceparent} of the start of an execution. */
  public static final String TRACEPARENT = "waymark.traceparent";

  /** The label with the W3C {@code tracestate} that belongs to it. */
  public static final String TRACESTATE = "waymark.tracestate";

  private StartLabels() {}

  /**
   * The labels that the user gave to an execution. The runner sets its own labels at each start.
   */
  public static Map<String, String> withoutReserved(Map<String, String> labels) {
    Map<String, String> own = new TreeMap<>(labels);
    own.keySet().removeIf(name -> name.startsWith(RESERVED));
    return own;
  }

  /**
   * The labels that say what was started. A repeated start has another trace context, and is still
   * the same start.
   */
  public static Map<String, String> withoutTrace(Map<String, String> labels) {
    Map<String, String> rest = new TreeMap<>(labels);
    rest.remove(TRACEPARENT);
    rest.remove(TRACESTATE);
    return rest;
  }

  /** The priority with which an execution with these labels was started; null if none was given. */
  public static @Nullable Integer priority(Map<String, String> labels) {
    String text = labels.get(PRIORITY);
    try {
      int priority = text == null ? Integer.MAX_VALUE : Integer.parseInt(text);
      int most = Change.ReadyTaskRun.MAX_PRIORITY;
      return priority < -most || priority > most ? null : (Integer) priority;
    } catch (NumberFormatException e) {
      return null; // Another program has set the label.
    }
  }
}
