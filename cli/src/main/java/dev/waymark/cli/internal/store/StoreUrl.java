package dev.waymark.cli.internal.store;

import dev.waymark.cli.internal.base.CliException;
import dev.waymark.cli.internal.output.Nearest;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The URL of a store: {@code sqlite:PATH} or {@code postgresql://…}, with settings after a question
 * mark.
 */
public sealed interface StoreUrl permits SqliteUrl, PostgresUrl {
  /** The store that is used if the user names none. */
  String DEFAULT = "sqlite:~/.waymark/waymark.db";

  /** The supported URLs, for messages. */
  String FORMS = "; use sqlite:PATH or postgresql://USER@HOST:PORT/DATABASE";

  /** The supported schemes. Messages do not show other text before a colon. */
  List<String> SCHEMES = List.of("sqlite", "postgresql", "postgres");

  /** Schemes of other databases, which messages may show. */
  List<String> FOREIGN =
      List.of(
          "mysql",
          "mariadb",
          "oracle",
          "sqlserver",
          "mongodb",
          "redis",
          "h2",
          "file",
          "http",
          "https");

  /**
   * Parses a URL. No message shows it, because any part of an invalid URL can contain a password.
   *
   * @param home the user's home directory
   * @param environment the environment variables
   */
  static StoreUrl parse(String text, Path home, Map<String, String> environment) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw withoutScheme(text);
    }
    String scheme = text.substring(0, colon).toLowerCase(Locale.ROOT);
    return switch (scheme) {
      case "sqlite" -> SqliteUrl.parse(text, text.substring(colon + 1), home);
      case "postgresql", "postgres" -> PostgresUrl.parse(text, home, environment);
      case "jdbc" ->
          throw CliException.usage("the store URL is a JDBC URL; remove \"jdbc:\" from it");
      default -> throw otherScheme(scheme);
    };
  }

  private static CliException withoutScheme(String text) {
    boolean isFile = !text.contains("//") && text.chars().noneMatch(c -> "@?#&=%".indexOf(c) >= 0);
    return CliException.usage(
        isFile
            ? "store URL " + Nearest.quote(text) + " has no scheme; for a file, use sqlite:" + text
            : "the store URL has no scheme" + FORMS);
  }

  /** Shows the unknown scheme only if it resembles a known one, because it could be a password. */
  private static CliException otherScheme(String scheme) {
    String nearest = Nearest.to(scheme, SCHEMES);
    if (nearest == null && !FOREIGN.contains(scheme)) {
      return CliException.usage("the store URL has an unknown scheme" + FORMS);
    }
    return CliException.usage(
        "unknown scheme "
            + Nearest.quote(scheme)
            + " in the store URL"
            + (nearest == null ? FORMS : "; did you mean \"" + nearest + "\"?"));
  }

  /** Returns the URL that the user gave, without the password. */
  String shown();

  /** Returns the limits of the store. */
  Limits limits();

  /** Returns the directory of the log files of attempts that this machine runs. */
  Path logDirectory();

  /**
   * Opens the store; the caller closes it.
   *
   * @param create whether to create the store if it is missing
   * @throws dev.waymark.core.error.StoreUnavailableException if it cannot be opened
   * @throws dev.waymark.core.error.SchemaMismatchException if this version cannot use its schema
   */
  StateStore open(boolean create);
}
