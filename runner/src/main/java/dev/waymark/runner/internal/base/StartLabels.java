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

  private StartLabels() {}

  /**
   * The labels that the user gave to an execution. The runner sets its own labels at each start.
   */
  public static Map<String, String> withoutReserved(Map<String, String> labels) {
    Map<String, String> own = new TreeMap<>(labels);
    own.keySet().removeIf(name -> name.startsWith(RESERVED));
    return own;
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
