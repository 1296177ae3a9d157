package dev.waymark.cli.internal.store;

import dev.waymark.cli.internal.CliException;
import dev.waymark.cli.internal.syntax.Nearest;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The URL of a store: {@code sqlite:PATH} or {@code postgresql://…}, settings after a question
 * mark.
 */
public sealed interface StoreUrl permits SqliteUrl, PostgresUrl {
  /** The store that is used when none is named. */
  String DEFAULT = "sqlite:~/.waymark/waymark.db";

  /** What stands for the password between user and host, or as a parameter. */
  Pattern PASSWORD = Pattern.compile("(?<=//[^/?@:]{0,200}):[^/?]*(?=@)|(?<=[?&])password=[^&]*&?");

  /**
   * Reads a URL.
   *
   * @param home the user's home directory
   * @param environment the variables of the environment
   */
  static StoreUrl parse(String text, Path home, Map<String, String> environment) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw CliException.usage(
          "store " + Nearest.quote(text) + " has no scheme; for a file write sqlite:" + text);
    }
    String scheme = text.substring(0, colon).toLowerCase(Locale.ROOT);
    return switch (scheme) {
      case "sqlite" -> SqliteUrl.parse(text, text.substring(colon + 1), home);
      case "postgresql", "postgres" -> PostgresUrl.parse(text, home, environment);
      default -> throw CliException.usage(otherScheme(withoutPassword(text), scheme));
    };
  }

  private static String otherScheme(String text, String scheme) {
    if (scheme.equals("jdbc")) {
      return "store " + Nearest.quote(text) + " is a JDBC URL; leave out \"jdbc:\"";
    }
    return "unknown scheme "
        + Nearest.quote(scheme)
        + " of store "
        + Nearest.quote(text)
        + Nearest.hint(
            scheme,
            Set.of("sqlite", "postgresql"),
            "; available: sqlite:PATH, postgresql://USER@HOST:PORT/DATABASE");
  }

  /** The URL as a message may show it: for a command line that asks for the password again. */
  static String withoutPassword(String text) {
    return PASSWORD.matcher(text).replaceAll("");
  }

  /** The URL as it was given, but without a password. */
  String shown();

  /** What the store holds its callers to. */
  Limits limits();

  /** Where the output of attempts that this machine runs is kept. */
  Path logDirectory();

  /**
   * Opens the store; the caller closes it.
   *
   * @throws dev.waymark.core.error.StoreUnavailableException when it cannot be opened
   * @throws dev.waymark.core.error.SchemaMismatchException when it is not one that this version can
   *     use
   */
  StateStore open();
}
