package dev.waymark.cli.internal.store;

import dev.waymark.cli.internal.CliException;
import dev.waymark.cli.internal.Values;
import dev.waymark.cli.internal.syntax.Nearest;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.sqlite.SqliteStateStore;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code sqlite:PATH}. The path is taken as it stands, without any decoding, but for {@code ~/} at
 * its beginning.
 *
 * @param shown the URL as it was given
 * @param file the database file
 * @param isDefault whether it is the store that is used when none is named; its folder is created
 * @param busyTimeout how long to wait for another process that holds the store, or null for the
 *     store's default
 * @param limits the limits
 */
public record SqliteUrl(
    String shown, Path file, boolean isDefault, @Nullable Duration busyTimeout, Limits limits)
    implements StoreUrl {
  private static final String BUSY_TIMEOUT = "busy-timeout";

  /** Reads what follows the scheme. */
  static SqliteUrl parse(String text, String rest, Path home) {
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

  private static CliException unknownSetting(String name) {
    List<String> known = new ArrayList<>(LimitSettings.names());
    known.add(BUSY_TIMEOUT);
    return CliException.usage(
        "unknown store setting "
            + Nearest.quote(name)
            + Nearest.hint(name, known, "; known are " + String.join(", ", known)));
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

  /** Beside the store. */
  @Override
  public Path logDirectory() {
    Path absolute = file.toAbsolutePath();
    return absolute.resolveSibling(absolute.getFileName() + ".logs");
  }

  /**
   * Opens the file. The folder of the default store is created, for its user alone; any other
   * folder must exist, since a misspelt path should not make a store.
   */
  @Override
  public StateStore open() {
    Path folder = file.toAbsolutePath().getParent();
    if (isDefault && folder != null) {
      OwnFolder.create(folder);
    }
    SqliteStateStore.Builder builder = SqliteStateStore.builder(file).limits(limits);
    if (busyTimeout != null) {
      builder.busyTimeout(busyTimeout);
    }
    return builder.build();
  }
}
