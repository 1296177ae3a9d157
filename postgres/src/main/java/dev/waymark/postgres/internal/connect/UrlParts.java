package dev.waymark.postgres.internal.connect;

import dev.waymark.core.error.InvalidInputException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A URL of a PostgreSQL database, split by structure before any other code reads it, so that user
 * and password are apart from all that a message may show.
 *
 * <p>The authority is the text between {@code //} and the next {@code /}, {@code ?} or {@code #};
 * user and password end at its last {@code @}. A {@code @} behind the authority, or a {@code #}
 * anywhere, means that a password holds one of these characters as it is: such a URL can be read in
 * several ways and is rejected. Only a JDBC URL without user and password in front of the host may
 * have {@code @} in its parameters, since it names the user there.
 *
 * <p>No message of this class contains any part of the URL, except for names that are nearly those
 * of known parameters.
 *
 * @param jdbc whether it began with {@code jdbc:}
 * @param userInfo the text before the host, encoded, or null
 * @param hosts hosts and ports, as they are
 * @param database the database, encoded; empty when the URL names none
 * @param parameters the parameters, each encoded
 */
public record UrlParts(
    boolean jdbc,
    @Nullable String userInfo,
    String hosts,
    String database,
    List<String> parameters) {
  private static final String JDBC = "jdbc:";
  private static final Set<String> SCHEMES = Set.of("postgresql:", "postgres:");

  /** Parameters whose values are secret, in lower case. */
  private static final Set<String> SECRETS =
      Set.of("password", "sslpassword", "sslfactoryarg", "socketfactoryarg", "connectexecutorarg");

  private static final Pattern HIDDEN_PASSWORD =
      Pattern.compile("password\\s*[=:%]", Pattern.CASE_INSENSITIVE);

  static final String FORM =
      "; write postgresql://USER@HOST:PORT/DATABASE?schema=NAME or the same as a JDBC URL, jdbc:postgresql://HOST:PORT/DATABASE?user=USER";

  private static final String ESCAPES =
      "; in user, password, database and parameters write %40 for '@', %2F for '/', %3F for '?', %23 for '#', %26 for '&' and %25 for '%'";

  /** Copies the parameters. */
  public UrlParts {
    parameters = List.copyOf(parameters);
  }

  /**
   * Splits a URL.
   *
   * @throws InvalidInputException when it is none of PostgreSQL, or can be read in several ways
   */
  public static UrlParts split(String url) {
    boolean jdbc = url.regionMatches(true, 0, JDBC, 0, JDBC.length());
    String rest = jdbc ? url.substring(JDBC.length()) : url;
    int slashes = rest.indexOf("//");
    if (slashes < 0 || !SCHEMES.contains(rest.substring(0, slashes).toLowerCase(Locale.ROOT))) {
      throw new InvalidInputException("the URL does not name a PostgreSQL database" + FORM);
    }
    String place = rest.substring(slashes + 2);
    int end = authorityEnd(place);
    String authority = place.substring(0, end);
    int at = authority.lastIndexOf('@');
    String tail = place.substring(end);
    int question = tail.indexOf('?');
    String path = question < 0 ? tail : tail.substring(0, question);
    String query = question < 0 ? "" : tail.substring(question + 1);
    checkUnambiguous(jdbc && at < 0, path, query);
    return new UrlParts(
        jdbc,
        at < 0 ? null : authority.substring(0, at),
        authority.substring(at + 1),
        path.isEmpty() ? "" : path.substring(1),
        List.of(query.split("&", -1)));
  }

  private static int authorityEnd(String place) {
    for (int i = 0; i < place.length(); i++) {
      if ("/?#".indexOf(place.charAt(i)) >= 0) {
        return i;
      }
    }
    return place.length();
  }

  private static void checkUnambiguous(boolean userInQuery, String path, String query) {
    boolean at = path.indexOf('@') >= 0 || (!userInQuery && query.indexOf('@') >= 0);
    if (at || path.indexOf('#') >= 0 || query.indexOf('#') >= 0) {
      throw new InvalidInputException(
          "the URL has a '#', or an '@' after its host, and is therefore ambiguous"
              + ESCAPES
              + ", or supply the password with PGPASSWORD or a password file");
    }
    if (path.indexOf('/', 1) >= 0) {
      throw new InvalidInputException("the URL has a '/' in the name of its database" + ESCAPES);
    }
  }

  /** The user, decoded, or null. */
  @Nullable String user() {
    if (userInfo == null) {
      return null;
    }
    int colon = userInfo.indexOf(':');
    return visible("user", decode(colon < 0 ? userInfo : userInfo.substring(0, colon)));
  }

  /** The password in front of the host, decoded, or null. */
  @Nullable String password() {
    int colon = userInfo == null ? -1 : userInfo.indexOf(':');
    return userInfo == null || colon < 0 ? null : decode(userInfo.substring(colon + 1));
  }

  /** The URL without its secrets, as a message may show it. */
  public String withoutSecrets() {
    StringBuilder out = new StringBuilder(jdbc ? JDBC : "").append("postgresql://");
    if (userInfo != null) {
      int colon = userInfo.indexOf(':');
      out.append(colon < 0 ? userInfo : userInfo.substring(0, colon)).append('@');
    }
    out.append(hosts);
    out.append(database.isEmpty() ? "" : "/" + database);
    char separator = '?';
    for (String parameter : parameters) {
      if (!parameter.isEmpty() && !isSecret(name(parameter))) {
        out.append(separator).append(parameter);
        separator = '&';
      }
    }
    return out.toString();
  }

  /** The name of a parameter, decoded. */
  static String name(String parameter) {
    int equals = parameter.indexOf('=');
    return decode(equals < 0 ? parameter : parameter.substring(0, equals));
  }

  /** The value of a parameter, decoded. */
  static String value(String parameter) {
    int equals = parameter.indexOf('=');
    String value = equals < 0 ? "" : decode(parameter.substring(equals + 1));
    return isSecret(name(parameter)) ? value : visible("value of a parameter", value);
  }

  private static boolean isSecret(String name) {
    return SECRETS.contains(name.toLowerCase(Locale.ROOT));
  }

  /**
   * Text that messages may show: without control characters, and without a password that another
   * separator than {@code &} has put there.
   */
  static String visible(String what, String text) {
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw new InvalidInputException("the " + what + " of the URL has a control character");
    }
    if (HIDDEN_PASSWORD.matcher(text).find()) {
      throw new InvalidInputException(
          "the "
              + what
              + " of the URL contains a password; parameters begin after a '?' and are separated by"
              + " '&'");
    }
    return text;
  }

  static String decode(String text) {
    String decoded;
    try {
      // A plus is a plus here; only a form means a space by it.
      decoded = URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException(
          "the URL has a % that is not followed by two hexadecimal digits; write %25 for a percent sign");
    }
    if (decoded.indexOf('\0') >= 0) {
      throw new InvalidInputException("the URL has a NUL character; remove the %00");
    }
    return decoded;
  }

  /** What a message may show. */
  @Override
  public String toString() {
    return "postgresql://" + hosts + "/" + database;
  }
}
