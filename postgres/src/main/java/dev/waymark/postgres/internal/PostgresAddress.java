package dev.waymark.postgres.internal;

import dev.waymark.core.error.InvalidInputException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * What a URL says: the way to the server, as properties of the driver, and settings of the store.
 *
 * <p>Both forms are read: {@code jdbc:postgresql://host:port/database?…} and {@code
 * postgresql://user:password@host:port/database?…}. No message shows the URL, since a password may
 * be in it.
 *
 * @param server hosts, ports and database, as a JDBC URL has them
 * @param driver properties of the driver
 * @param store settings of the store, by name
 */
public record PostgresAddress(String server, Properties driver, Map<String, String> store) {
  private static final String JDBC = "jdbc:";
  private static final String SCHEME = "jdbc:postgresql://";
  private static final String FORM =
      "; write postgresql://USER@HOST:PORT/DATABASE?schema=NAME or the same as a JDBC URL, jdbc:postgresql://HOST:PORT/DATABASE?user=USER";

  /** Copies its parts. */
  public PostgresAddress {
    driver = copy(driver);
    store = Map.copyOf(store);
  }

  /**
   * Reads a URL.
   *
   * @param known the settings of the store that it may have
   * @throws InvalidInputException when it is not of either form, or has a parameter that neither
   *     the store nor the driver knows
   */
  public static PostgresAddress parse(String url, Iterable<String> known) {
    boolean jdbc = url.regionMatches(true, 0, JDBC, 0, JDBC.length());
    String rest = jdbc ? url.substring(JDBC.length()) : url;
    int slashes = rest.indexOf("//");
    if (slashes < 0 || !isPostgres(rest.substring(0, slashes))) {
      throw new InvalidInputException("the URL does not name a PostgreSQL database" + FORM);
    }
    String way = rest.substring(slashes + 2);
    int question = way.indexOf('?');
    String query = question < 0 ? "" : way.substring(question + 1);
    String place = question < 0 ? way : way.substring(0, question);

    Properties driver = new Properties();
    String server = jdbc ? place : withoutUser(place, driver);
    Properties parsed = parseServer(server);
    parsed.putAll(driver);
    Map<String, String> store = new LinkedHashMap<>();
    readQuery(query, known, parsed, store);
    return new PostgresAddress(server, parsed, store);
  }

  private static boolean isPostgres(String scheme) {
    String lower = scheme.toLowerCase(Locale.ROOT);
    return lower.equals("postgresql:") || lower.equals("postgres:");
  }

  /** Takes {@code user:password@} off the beginning. */
  private static String withoutUser(String place, Properties driver) {
    int slash = place.indexOf('/');
    int at = place.lastIndexOf('@', slash < 0 ? place.length() : slash);
    if (at < 0) {
      return place;
    }
    String userInfo = place.substring(0, at);
    int colon = userInfo.indexOf(':');
    driver.setProperty(
        PGProperty.USER.getName(), decode(colon < 0 ? userInfo : userInfo.substring(0, colon)));
    if (colon >= 0) {
      driver.setProperty(PGProperty.PASSWORD.getName(), decode(userInfo.substring(colon + 1)));
    }
    return place.substring(at + 1);
  }

  private static Properties parseServer(String server) {
    Properties parsed = Driver.parseURL(SCHEME + server, null);
    if (parsed == null) {
      throw new InvalidInputException(
          "the host, port or database of the URL cannot be read" + FORM);
    }
    return copy(parsed);
  }

  private static void readQuery(
      String query, Iterable<String> known, Properties driver, Map<String, String> store) {
    for (String parameter : query.split("&", -1)) {
      if (parameter.isEmpty()) {
        continue;
      }
      int equals = parameter.indexOf('=');
      String name = decode(equals < 0 ? parameter : parameter.substring(0, equals));
      String value = equals < 0 ? "" : decode(parameter.substring(equals + 1));
      if (contains(known, name)) {
        store.put(name, value);
      } else if (PGProperty.forName(name) != null) {
        driver.setProperty(name, value);
      } else {
        throw new InvalidInputException(
            "the URL has the unknown parameter "
                + name
                + "; known are "
                + String.join(", ", known)
                + " and the connection parameters of the PostgreSQL JDBC driver, such as sslmode");
      }
    }
  }

  private static boolean contains(Iterable<String> names, String wanted) {
    for (String name : names) {
      if (name.equals(wanted)) {
        return true;
      }
    }
    return false;
  }

  private static String decode(String text) {
    try {
      // A plus is a plus here; only a form means a space by it.
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException(
          "the URL has a % that is not followed by two hexadecimal digits; write %25 for a percent sign");
    }
  }

  private static Properties copy(Properties properties) {
    Properties copy = new Properties();
    for (String name : properties.stringPropertyNames()) {
      copy.setProperty(name, properties.getProperty(name));
    }
    return copy;
  }

  /** Sets a property of the driver, or unsets it. */
  public void set(PGProperty property, @Nullable String value) {
    if (value == null) {
      driver.remove(property.getName());
    } else {
      driver.setProperty(property.getName(), value);
    }
  }

  /** Sets a property of the driver unless the URL has. */
  void setDefault(PGProperty property, String value) {
    driver.putIfAbsent(property.getName(), value);
  }

  /** The server and the database, as messages name them: never with the password. */
  String name() {
    String[] hosts = get(PGProperty.PG_HOST, "localhost").split(",", -1);
    String[] ports = get(PGProperty.PG_PORT, "5432").split(",", -1);
    StringBuilder out = new StringBuilder("postgresql://");
    for (int i = 0; i < hosts.length; i++) {
      out.append(i == 0 ? "" : ",").append(hosts[i]).append(':').append(ports[i % ports.length]);
    }
    return out.append('/').append(get(PGProperty.PG_DBNAME, user())).toString();
  }

  /** The name: what a record would print by itself holds the password. */
  @Override
  public String toString() {
    return name();
  }

  /** The JDBC URL, without any parameter: those are among the properties. */
  String jdbcUrl() {
    return SCHEME + server;
  }

  /** The user who connects. */
  String user() {
    return get(PGProperty.USER, System.getProperty("user.name", ""));
  }

  private String get(PGProperty property, String otherwise) {
    return Objects.requireNonNullElse(driver.getProperty(property.getName()), otherwise);
  }
}
