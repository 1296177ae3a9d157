package dev.waymark.sqlite.internal.provider;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Durations;
import dev.waymark.core.internal.Text;
import dev.waymark.core.spi.LimitSettings;
import dev.waymark.core.spi.StoreCopy;
import dev.waymark.core.spi.StoreOptions;
import dev.waymark.core.spi.StoreUrl;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.sqlite.SqliteStateStore;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/**
 * {@code sqlite:PATH}. The path is used verbatim, without decoding, except for {@code ~/} at its
 * start. After a question mark it can have settings: {@code busy-timeout} and the limits.
 *
 * @param shown the URL that the user gave
 * @param file the database file
 * @param builder opens the store
 * @param limits the limits
 */
record SqliteUrl(String shown, Path file, SqliteStateStore.Builder builder, Limits limits)
    implements StoreUrl {
  private static final String BUSY_TIMEOUT = "busy-timeout";

  static SqliteUrl read(String url, StoreOptions options) {
    String rest = url.substring(url.indexOf(':') + 1);
    checkNoPassword(rest);
    options.refuseReadOnly(url);
    int question = rest.indexOf('?');
    Path file = path(url, question < 0 ? rest : rest.substring(0, question), options.home());
    SqliteStateStore.Builder builder = SqliteStateStore.builder(file).options(options);
    Limits limits = options.limits();
    if (question >= 0) {
      LimitSettings settings = new LimitSettings(limits);
      settings.takeAll(
          rest.substring(question + 1),
          Set.of(BUSY_TIMEOUT),
          (name, value) -> builder.busyTimeout(duration(name, value)));
      limits = settings.limits();
    }
    return new SqliteUrl(url, file, builder.limits(limits), limits);
  }

  /** Rejects a URL with a password: a file has none, so another kind of store is meant. */
  private static void checkNoPassword(String rest) {
    boolean isUrl = rest.contains("://") || (rest.startsWith("//") && !rest.startsWith("///"));
    int colon = rest.indexOf(':');
    if (isUrl
        || (colon >= 0 && rest.lastIndexOf('@') > colon)
        || rest.toLowerCase(Locale.ROOT).contains("password")) {
      throw new InvalidInputException(
          "the sqlite: URL contains a host, a user or a password; use sqlite:PATH for a file, or"
              + " the scheme of the database server, such as postgresql:");
    }
  }

  private static Duration duration(String name, String text) {
    Duration duration = Durations.parse(text);
    if (duration == null) {
      throw new InvalidInputException(
          "store setting "
              + name
              + " "
              + Text.quote(text)
              + " is not a duration; use a number and a unit (d, h, m, s, ms) such as 5s or 1h30m");
    }
    return duration;
  }

  private static Path path(String url, String path, Path home) {
    if (path.isEmpty()) {
      throw invalid(url, " has no path; use " + SqliteProvider.FORM);
    }
    if (path.startsWith(":")) {
      throw invalid(
          url, " does not name a file, so its data would be lost; use " + SqliteProvider.FORM);
    }
    try {
      return path.startsWith("~/") ? home.resolve(path.substring(2)) : Path.of(path);
    } catch (InvalidPathException e) {
      throw invalid(url, " has an invalid path: " + e.getReason());
    }
  }

  private static InvalidInputException invalid(String url, String reason) {
    return new InvalidInputException("store URL " + Text.quote(url) + reason);
  }

  /** Returns the folder beside the store. */
  @Override
  public Path logDirectory() {
    Path absolute = file.toAbsolutePath();
    return absolute.resolveSibling(absolute.getFileName() + ".logs");
  }

  @Override
  public StateStore open() {
    return builder.build();
  }

  @Override
  public StoreCopy backup(Path file) {
    return builder.backup(file);
  }

  @Override
  public StoreCopy restore(Path file) {
    return builder.restore(file);
  }
}
