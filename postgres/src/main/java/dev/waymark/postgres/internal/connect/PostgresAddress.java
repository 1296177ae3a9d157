package dev.waymark.postgres.internal.connect;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.internal.Words;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/**
 * What a URL says: the way to the server, as properties of the driver, and settings of the store.
 *
 * <p>Both forms are read: {@code jdbc:postgresql://host:port/database?…} and {@code
 * postgresql://user:password@host:port/database?…}. No message shows the URL, since a password may
 * be in it.
 *
 * @param server hosts and ports, as a JDBC URL has them
 * @param shown the URL without its secrets
 * @param driver properties of the driver
 * @param store settings of the store, by name
 */
public record PostgresAddress(
    String server, String shown, Properties driver, Map<String, String> store) {
  private static final String SCHEME = "jdbc:postgresql://";

  /** Copies its parts. */
  public PostgresAddress {
    driver = copy(driver);
    store = Map.copyOf(store);
  }

  /**
   * Reads a URL.
   *
   * @param known the settings of the store that it may have
   * @param others receives other settings, by name and value, and returns whether it accepts them
   * @throws InvalidInputException when it is not of either form, or has a parameter that neither
   *     the store nor the driver knows
   */
  public static PostgresAddress parse(
      String url, Iterable<String> known, BiPredicate<String, String> others) {
    UrlParts parts = UrlParts.split(url);
    Properties driver = new Properties();
    String server = HostList.read(parts.hosts(), driver);
    if (!parts.database().isEmpty()) {
      String database = UrlParts.visible("database", UrlParts.decode(parts.database()));
      driver.setProperty(PGProperty.PG_DBNAME.getName(), database);
    }
    setIfGiven(driver, PGProperty.USER, parts.user());
    setIfGiven(driver, PGProperty.PASSWORD, parts.password());
    Map<String, String> store = new LinkedHashMap<>();
    readParameters(parts.parameters(), known, others, driver, store);
    return new PostgresAddress(server, parts.withoutSecrets(), driver, store);
  }

  /** Reads a URL that has no settings of anybody else. */
  public static PostgresAddress parse(String url, Iterable<String> known) {
    return parse(url, known, (name, value) -> false);
  }

  private static void setIfGiven(Properties driver, PGProperty property, @Nullable String value) {
    if (value != null) {
      driver.setProperty(property.getName(), value);
    }
  }

  private static void readParameters(
      List<String> parameters,
      Iterable<String> known,
      BiPredicate<String, String> others,
      Properties driver,
      Map<String, String> store) {
    for (int i = 0; i < parameters.size(); i++) {
      String parameter = parameters.get(i);
      if (parameter.isEmpty()) {
        continue;
      }
      String name = UrlParts.name(parameter);
      String value = UrlParts.value(parameter);
      if (contains(known, name)) {
        store.put(name, value);
      } else if (PGProperty.forName(name) != null) {
        driver.setProperty(name, value);
      } else if (!others.test(name, value)) {
        throw unknownParameter(name, i + 1, known);
      }
    }
  }

  /**
   * Shows a name only when it is nearly a known one: behind a password with an {@code &} it may be
   * the rest of the password.
   */
  private static InvalidInputException unknownParameter(
      String name, int number, Iterable<String> known) {
    Set<String> all = new LinkedHashSet<>();
    known.forEach(all::add);
    for (PGProperty property : PGProperty.values()) {
      all.add(property.getName());
    }
    String nearest = Words.nearest(name, all);
    return new InvalidInputException(
        "the URL has an unknown parameter"
            + (nearest == null
                ? ", number " + number + "; write %26 for an '&' in a value"
                : " " + Text.quote(name) + "; did you mean \"" + nearest + "\"?")
            + "; known parameters are "
            + String.join(", ", known)
            + " and the connection parameters of the PostgreSQL JDBC driver, such as sslmode");
  }

  private static boolean contains(Iterable<String> names, String wanted) {
    for (String name : names) {
      if (name.equals(wanted)) {
        return true;
      }
    }
    return false;
  }

  private static Properties copy(Properties properties) {
    Properties copy = new Properties();
    for (String name : properties.stringPropertyNames()) {
      copy.setProperty(name, properties.getProperty(name));
    }
    return copy;
  }

  /**
   * The same address with the user and the password that it connects with; the driver looks for
   * neither by itself.
   *
   * @param environment the variables that may hold the password or the place of its file
   */
  public Login login(Map<String, String> environment) {
    PostgresAddress address = new PostgresAddress(server, shown, driver, store);
    boolean named = driver.getProperty(PGProperty.USER.getName()) != null;
    address.set(PGProperty.USER, user());
    PasswordSearch search = PasswordSearch.of(address.driver, environment);
    // An empty password keeps the driver from reading a file; the server decides if it needs one.
    address.set(PGProperty.PASSWORD, search.password() == null ? "" : search.password());
    String user = "user " + user() + (named ? "" : " (the user of the operating system)");
    return new Login(address, user, search);
  }

  /**
   * How an address connects.
   *
   * @param address the address, with user and password
   * @param user the user, as a message names it
   * @param search where the password is from
   */
  public record Login(PostgresAddress address, String user, PasswordSearch search) {}

  /** Sets a property of the driver, or unsets it. */
  public void set(PGProperty property, @Nullable String value) {
    if (value == null) {
      driver.remove(property.getName());
    } else {
      driver.setProperty(property.getName(), value);
    }
  }

  /** Sets a property of the driver unless the URL has. */
  public void setDefault(PGProperty property, String value) {
    driver.putIfAbsent(property.getName(), value);
  }

  /** The server and the database, as messages name them: never with the password. */
  public String name() {
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
  public String jdbcUrl() {
    return jdbcUrl(server);
  }

  /**
   * One server of the URL.
   *
   * @param name its host and port
   * @param jdbcUrl the JDBC URL that leads only to it, without any parameter
   */
  public record Host(String name, String jdbcUrl) {}

  /** The servers of the URL, in its order. */
  public List<Host> hosts() {
    return Stream.of(server.split(",", -1)).map(host -> new Host(host, jdbcUrl(host))).toList();
  }

  private String jdbcUrl(String hosts) {
    String database = driver.getProperty(PGProperty.PG_DBNAME.getName(), "");
    return SCHEME
        + hosts
        + "/"
        + URLEncoder.encode(database, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** The user who connects. */
  String user() {
    return get(PGProperty.USER, System.getProperty("user.name", ""));
  }

  private String get(PGProperty property, String otherwise) {
    return Objects.requireNonNullElse(driver.getProperty(property.getName()), otherwise);
  }
}
