package dev.waymark.cli.internal.store;

import dev.waymark.cli.internal.base.CliException;
import dev.waymark.cli.internal.output.Nearest;
import dev.waymark.cli.internal.syntax.Values;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.sqlite.SqliteStateStore;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@code sqlite:PATH}. The path is used verbatim, without decoding, except for {@code ~/} at its
 * start.
 *
 * @param shown the URL that the user gave
 * @param file the database file
 * @param isDefault whether it is the default store, whose folder is created if missing
 * @param busyTimeout how long to wait for another process that has locked the store, or null for
 *     the default of the store
 * @param limits the limits
 */
public record SqliteUrl(
    String shown, Path file, boolean isDefault, @Nullable Duration busyTimeout, Limits limits)
    implements StoreUrl {
  private static final String HOW_TO_CREATE =
      "; \"waymark apply\", \"run\", \"worker\" and \"pools set\" create one";

  private static final String BUSY_TIMEOUT = "busy-timeout";

  /** Parses the part after the scheme. */
  static SqliteUrl parse(String text, String rest, Path home) {
    checkNoPassword(rest);
    int question = rest.indexOf('?');
    LimitSettings limits = new LimitSettings();
    Duration busyTimeout = null;
    if (question >= 0 && question + 1 < rest.length()) {
      for (String setting : rest.substring(question + 1).split("&", -1)) {
        int equals = setting.indexOf('=');
        String name = equals < 0 ? setting : setting.substring(0, equals);
        String value = equals < 0 ? "" : setting.substring(equals + 1);
        if (name.equals(BUSY_TIMEOUT)) {
          busyTimeout = Values.duration("store setting " + name, value);
        } else if (!limits.take(name, value)) {
          throw unknownSetting(name);
        }
      }
    }
    Path file = path(text, question < 0 ? rest : rest.substring(0, question), home);
    return new SqliteUrl(text, file, text.equals(DEFAULT), busyTimeout, limits.limits());
  }

  /** Rejects a URL with a password: a file has none, so another kind of store is meant. */
  private static void checkNoPassword(String rest) {
    boolean isUrl = rest.contains("://") || (rest.startsWith("//") && !rest.startsWith("///"));
    int colon = rest.indexOf(':');
    if (isUrl
        || (colon >= 0 && rest.lastIndexOf('@') > colon)
        || rest.toLowerCase(Locale.ROOT).contains("password")) {
      throw CliException.usage(
          "the sqlite: URL contains a host, a user or a password; use sqlite:PATH for a file, or"
              + " postgresql://USER@HOST:PORT/DATABASE");
    }
  }

  private static CliException unknownSetting(String name) {
    List<String> known = new ArrayList<>(LimitSettings.names());
    known.add(BUSY_TIMEOUT);
    String nearest = Nearest.to(name, known);
    return CliException.usage(
        nearest == null
            ? "unknown store setting; use one of " + String.join(", ", known)
            : "unknown store setting "
                + Nearest.quote(name)
                + "; did you mean \""
                + nearest
                + "\"?");
  }

  private static Path path(String text, String path, Path home) {
    if (path.isEmpty()) {
      throw CliException.usage(
          "store URL " + Nearest.quote(text) + " has no path; use sqlite:PATH");
    }
    if (path.startsWith(":")) {
      throw CliException.usage(
          "store URL "
              + Nearest.quote(text)
              + " does not name a file, so its data would be lost; use sqlite:PATH");
    }
    try {
      return path.startsWith("~/") ? home.resolve(path.substring(2)) : Path.of(path);
    } catch (InvalidPathException e) {
      throw CliException.usage(
          "store URL " + Nearest.quote(text) + " has an invalid path: " + e.getReason());
    }
  }

  /** Returns the folder beside the store. */
  @Override
  public Path logDirectory() {
    Path absolute = file.toAbsolutePath();
    return absolute.resolveSibling(absolute.getFileName() + ".logs");
  }

  /**
   * Opens the file. The folder of the default store is created if missing; only its owner can
   * access it. Any other folder must exist, because a misspelt path must not create a store.
   */
  @Override
  public StateStore open(boolean create) {
    Path folder = file.toAbsolutePath().getParent();
    if (isDefault && folder != null && !Files.isDirectory(folder)) {
      if (!create) {
        throw new StoreUnavailableException("no store at sqlite:" + file + HOW_TO_CREATE, null);
      }
      OwnFolder.create(folder);
    }
    SqliteStateStore.Builder builder =
        SqliteStateStore.builder(file).limits(limits).createIfMissing(create);
    if (busyTimeout != null) {
      builder.busyTimeout(busyTimeout);
    }
    return builder.build();
  }
}
