package dev.waymark.core.spi;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.internal.Words;
import dev.waymark.core.store.Limits;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.ObjIntConsumer;

/**
 * The settings that the URL of every backend has: the limits of the store, such as {@code
 * max-page-size=100}. Not thread-safe.
 *
 * @since 0.1.0
 */
public final class LimitSettings {
  private final Limits.Builder builder;

  /** Begins with these limits. */
  public LimitSettings(Limits limits) {
    this.builder = limits.toBuilder();
  }

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
      known.put("max-detail-bytes", Limits.Builder::maxDetailBytes);
      known.put("max-log-bytes", Limits.Builder::maxLogBytes);
      known.put("max-log-chunk-bytes", Limits.Builder::maxLogChunkBytes);
      known.put("max-claims", Limits.Builder::maxClaims);
      known.put("max-task-runs", Limits.Builder::maxTaskRuns);
      known.put("max-attempts", Limits.Builder::maxAttempts);
      known.put("max-signals", Limits.Builder::maxSignals);
      known.put("max-depth", Limits.Builder::maxDepth);
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
  public static Set<String> names() {
    return Known.SETTERS.keySet();
  }

  /**
   * Applies a setting if it is a limit. Returns whether it is one.
   *
   * @throws InvalidInputException when the value is not a number, or is out of range
   */
  public boolean take(String name, String value) {
    ObjIntConsumer<Limits.Builder> setter = Known.SETTERS.get(name);
    if (setter == null) {
      return false;
    }
    setter.accept(builder, number(name, value));
    return true;
  }

  private static int number(String name, String value) {
    boolean digits = value.matches("-?[0-9]+");
    int number;
    try {
      number = digits ? Integer.parseInt(value) : 0;
    } catch (NumberFormatException e) {
      throw invalid(name, Text.quote(value) + " is out of range");
    }
    if (number < 1) {
      throw invalid(
          name, digits ? value + " is out of range" : Text.quote(value) + " is not a whole number");
    }
    return number;
  }

  private static InvalidInputException invalid(String name, String found) {
    return new InvalidInputException("store setting " + name + " " + found + "; use 1 or more");
  }

  /**
   * Reads all settings of a URL: {@code name=value}, separated by {@code &}, without decoding.
   *
   * @param query the part of the URL after the question mark
   * @param own the names of the settings that the backend has beside the limits
   * @param setter receives each of these with its value
   * @throws InvalidInputException when a setting is unknown or has an invalid value
   */
  public void takeAll(String query, Collection<String> own, BiConsumer<String, String> setter) {
    if (query.isEmpty()) {
      return;
    }
    for (String setting : query.split("&", -1)) {
      int equals = setting.indexOf('=');
      String name = equals < 0 ? setting : setting.substring(0, equals);
      String value = equals < 0 ? "" : setting.substring(equals + 1);
      if (own.contains(name)) {
        setter.accept(name, value);
      } else if (!take(name, value)) {
        throw unknown(name, own);
      }
    }
  }

  private static InvalidInputException unknown(String name, Collection<String> own) {
    List<String> known = new ArrayList<>(names());
    known.addAll(own);
    String nearest = Words.nearest(name, known);
    return new InvalidInputException(
        nearest == null
            ? "unknown store setting; use one of " + String.join(", ", known)
            : "unknown store setting " + Text.quote(name) + "; did you mean \"" + nearest + "\"?");
  }

  /** Returns the limits; a limit that was not set is unchanged. */
  public Limits limits() {
    return builder.build();
  }
}
