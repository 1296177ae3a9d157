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
 * The URL of a store: {@code sqlite:PATH} or {@code postgresql://…}, settings after a question
 * mark.
 */
public sealed interface StoreUrl permits SqliteUrl, PostgresUrl {
  /** The store that is used when none is named. */
  String DEFAULT = "sqlite:~/.waymark/waymark.db";

  /** What a URL may be, for messages. */
  String FORMS = "; available: sqlite:PATH, postgresql://USER@HOST:PORT/DATABASE";

  /** What a scheme may be; other text in front of a colon is not shown. */
  List<String> SCHEMES = List.of("sqlite", "postgresql", "postgres");

  /** Schemes of other databases, which a message may show. */
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
   * Reads a URL. No message shows it, since a password may be in any part of one that is wrong.
   *
   * @param home the user's home directory
   * @param environment the variables of the environment
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
          throw CliException.usage("the store is named by a JDBC URL; leave out \"jdbc:\"");
      default -> throw otherScheme(scheme);
    };
  }

  private static CliException withoutScheme(String text) {
    boolean isFile = !text.contains("//") && text.chars().noneMatch(c -> "@?#&=%".indexOf(c) >= 0);
    return CliException.usage(
        isFile
            ? "store " + Nearest.quote(text) + " has no scheme; for a file write sqlite:" + text
            : "the URL of the store has no scheme" + FORMS);
  }

  /** Shows what stands for the scheme only when it is nearly one: it may be a password. */
  private static CliException otherScheme(String scheme) {
    String nearest = Nearest.to(scheme, SCHEMES);
    if (nearest == null && !FOREIGN.contains(scheme)) {
      return CliException.usage("the URL of the store has an unknown scheme" + FORMS);
    }
    return CliException.usage(
        "unknown scheme "
            + Nearest.quote(scheme)
            + " of the store"
            + (nearest == null ? FORMS : "; did you mean \"" + nearest + "\"?"));
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
   * @param create whether a store that is missing is created
   * @throws dev.waymark.core.error.StoreUnavailableException when it cannot be opened
   * @throws dev.waymark.core.error.SchemaMismatchException when it is not one that this version can
   *     use
   */
  StateStore open(boolean create);
}
