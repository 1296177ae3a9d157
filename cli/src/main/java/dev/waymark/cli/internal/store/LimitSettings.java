package dev.waymark.cli.internal.store;

import dev.waymark.cli.internal.syntax.Values;
import dev.waymark.core.store.Limits;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.ObjIntConsumer;

/** The URL settings that every backend has: the limits of the store. */
final class LimitSettings {
  private final Limits.Builder builder = Limits.builder();

  /**
   * In a separate class: most URLs have no settings, and creating the lambdas takes longer than a
   * query.
   */
  private static final class Known {
    private static final Map<String, ObjIntConsumer<Limits.Builder>> SETTERS = setters();

    private static Map<String, ObjIntConsumer<Limits.Builder>> setters() {
      Map<String, ObjIntConsumer<Limits.Builder>> known = new LinkedHashMap<>();
      known.put("max-definition-bytes", Limits.Builder::maxDefinitionBytes);
      known.put("max-description-bytes", Limits.Builder::maxDescriptionBytes);
      known.put("max-labels", Limits.Builder::maxLabels);
      known.put("max-label-value-bytes", Limits.Builder::maxLabelValueBytes);
      known.put("max-input-bytes", Limits.Builder::maxInputBytes);
      known.put("max-error-bytes", Limits.Builder::maxErrorBytes);
      known.put("max-worker-bytes", Limits.Builder::maxWorkerBytes);
      known.put("max-info-bytes", Limits.Builder::maxInfoBytes);
      known.put("max-output-bytes", Limits.Builder::maxOutputBytes);
      known.put("max-log-bytes", Limits.Builder::maxLogBytes);
      known.put("max-log-chunk-bytes", Limits.Builder::maxLogChunkBytes);
      known.put("max-claims", Limits.Builder::maxClaims);
      known.put("max-task-runs", Limits.Builder::maxTaskRuns);
      known.put("max-attempts", Limits.Builder::maxAttempts);
      known.put("max-changes", Limits.Builder::maxChanges);
      known.put("max-page-size", Limits.Builder::maxPageSize);
      known.put("default-page-size", Limits.Builder::defaultPageSize);
      known.put("max-group", Limits.Builder::maxGroup);
      known.put("max-waiting", Limits.Builder::maxWaiting);
      known.put("max-waiting-bytes", Limits.Builder::maxWaitingBytes);
      return known;
    }
  }

  /** Returns the names of the settings. */
  static Set<String> names() {
    return Known.SETTERS.keySet();
  }

  /** Applies a setting if it is a limit. Returns whether it is one. */
  boolean take(String name, String value) {
    ObjIntConsumer<Limits.Builder> setter = Known.SETTERS.get(name);
    if (setter == null) {
      return false;
    }
    setter.accept(builder, Values.number("store setting " + name, value, 1, Integer.MAX_VALUE));
    return true;
  }

  /** Returns the limits; a limit that was not set has its default. */
  Limits limits() {
    return builder.build();
  }
}
