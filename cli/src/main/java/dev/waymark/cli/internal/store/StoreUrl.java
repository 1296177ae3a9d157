package dev.waymark.cli.internal.store;

import dev.waymark.cli.internal.CliException;
import dev.waymark.cli.internal.Values;
import dev.waymark.cli.internal.syntax.Nearest;
import dev.waymark.core.store.Limits;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What the URL of a store says: {@code sqlite:PATH}, and settings after a question mark. The path
 * is taken as it stands, without any decoding, but for {@code ~/} at its beginning.
 *
 * @param text the URL as it was given
 * @param file the database file
 * @param isDefault whether it is the store that is used when none is named; its folder is created
 * @param busyTimeout how long to wait for another process that holds the store, or null for the
 *     store's default
 * @param limits the limits
 */
public record StoreUrl(
    String text, Path file, boolean isDefault, @Nullable Duration busyTimeout, Limits limits) {
  /** The store that is used when none is named. */
  public static final String DEFAULT = "sqlite:~/.waymark/waymark.db";

  private static final String BUSY_TIMEOUT = "busy-timeout";

  /** Reads a URL. */
  public static StoreUrl parse(String text, Path home) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw CliException.usage(
          "store " + Nearest.quote(text) + " has no scheme; for a file write sqlite:" + text);
    }
    String scheme = text.substring(0, colon).toLowerCase(Locale.ROOT);
    if (!scheme.equals("sqlite")) {
      throw CliException.usage(otherScheme(text, scheme));
    }
    int question = text.indexOf('?', colon);
    String path = text.substring(colon + 1, question < 0 ? text.length() : question);
    Settings settings = new Settings();
    if (question >= 0 && question + 1 < text.length()) {
      for (String setting : text.substring(question + 1).split("&", -1)) {
        settings.set(setting);
      }
    }
    Limits limits = settings.limits == null ? Limits.defaults() : settings.limits.build();
    return new StoreUrl(
        text, path(text, path, home), text.equals(DEFAULT), settings.busyTimeout, limits);
  }

  private static String otherScheme(String text, String scheme) {
    if (scheme.equals("postgresql") || scheme.equals("postgres")) {
      return "PostgreSQL is not available in this version; use sqlite:PATH";
    }
    if (scheme.equals("jdbc")) {
      return "store " + Nearest.quote(text) + " is a JDBC URL; leave out \"jdbc:\"";
    }
    return "unknown scheme "
        + Nearest.quote(scheme)
        + " of store "
        + Nearest.quote(text)
        + Nearest.hint(scheme, Set.of("sqlite"), "; available: sqlite:PATH");
  }

  private static Path path(String text, String path, Path home) {
    if (path.isEmpty()) {
      throw CliException.usage(
          "store " + Nearest.quote(text) + " names no file; write sqlite:PATH");
    }
    if (path.startsWith(":")) {
      throw CliException.usage(
          "store "
              + Nearest.quote(text)
              + " would be gone when the command ends; name a file: sqlite:PATH");
    }
    if (path.startsWith("//") && !path.startsWith("///")) {
      throw CliException.usage(
          "store "
              + Nearest.quote(text)
              + " names a host; for a file write sqlite:PATH with one slash or none");
    }
    try {
      return path.startsWith("~/") ? home.resolve(path.substring(2)) : Path.of(path);
    } catch (InvalidPathException e) {
      throw CliException.usage("store " + Nearest.quote(text) + " is no path: " + e.getReason());
    }
  }

  /** Collects the settings after the question mark. */
  private static final class Settings {
    private @Nullable Duration busyTimeout;
    private Limits.@Nullable Builder limits;

    void set(String setting) {
      int equals = setting.indexOf('=');
      String name = equals < 0 ? setting : setting.substring(0, equals);
      String value = equals < 0 ? "" : setting.substring(equals + 1);
      String what = "store setting " + name;
      if (name.equals(BUSY_TIMEOUT)) {
        busyTimeout = Values.duration(what, value);
        return;
      }
      Limits.Builder builder = limits == null ? Limits.builder() : limits;
      Map<String, ObjIntConsumer<Limits.Builder>> known = known();
      ObjIntConsumer<Limits.Builder> setter = known.get(name);
      if (setter == null) {
        known.put(BUSY_TIMEOUT, (b, n) -> {});
        throw CliException.usage(
            "unknown store setting "
                + Nearest.quote(name)
                + Nearest.hint(
                    name, known.keySet(), "; known are " + String.join(", ", known.keySet())));
      }
      setter.accept(builder, Values.number(what, value, 1, Integer.MAX_VALUE));
      limits = builder;
    }

    private static Map<String, ObjIntConsumer<Limits.Builder>> known() {
      Map<String, ObjIntConsumer<Limits.Builder>> known = new LinkedHashMap<>();
      known.put("max-definition-bytes", Limits.Builder::maxDefinitionBytes);
      known.put("max-description-bytes", Limits.Builder::maxDescriptionBytes);
      known.put("max-labels", Limits.Builder::maxLabels);
      known.put("max-label-value-bytes", Limits.Builder::maxLabelValueBytes);
      known.put("max-input-bytes", Limits.Builder::maxInputBytes);
      known.put("max-error-bytes", Limits.Builder::maxErrorBytes);
      known.put("max-worker-bytes", Limits.Builder::maxWorkerBytes);
      known.put("max-task-runs", Limits.Builder::maxTaskRuns);
      known.put("max-attempts", Limits.Builder::maxAttempts);
      known.put("max-changes", Limits.Builder::maxChanges);
      known.put("max-page-size", Limits.Builder::maxPageSize);
      known.put("default-page-size", Limits.Builder::defaultPageSize);
      known.put("max-group", Limits.Builder::maxGroup);
      return known;
    }
  }
}
