package dev.waymark.postgres.internal.connect;

import dev.waymark.core.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.postgresql.PGProperty;

/**
 * The hosts and ports of a URL. They are parsed here and not by the driver, which logs a URL that
 * it cannot parse, including its secrets.
 */
final class HostList {
  private static final String DEFAULT_HOST = "localhost";
  private static final String DEFAULT_PORT = "5432";
  private static final int LARGEST_PORT = 65_535;

  private HostList() {}

  /**
   * Puts the hosts and ports into the properties of the driver.
   *
   * @return the same as a JDBC URL has them
   * @throws InvalidInputException when one of them is none; the message does not show it, since a
   *     password may be in it
   */
  static String read(String text, Properties driver) {
    List<String> hosts = new ArrayList<>();
    List<String> ports = new ArrayList<>();
    List<String> both = new ArrayList<>();
    for (String address : (text.isEmpty() ? DEFAULT_HOST : text).split(",", -1)) {
      int colon = address.lastIndexOf(':');
      boolean hasPort = colon > address.lastIndexOf(']');
      String host = hasPort ? address.substring(0, colon) : address;
      String port = hasPort ? address.substring(colon + 1) : DEFAULT_PORT;
      if (!isHost(host) || !isPort(port)) {
        throw unreadable();
      }
      hosts.add(host);
      ports.add(port);
      both.add(host + ":" + port);
    }
    driver.setProperty(PGProperty.PG_HOST.getName(), String.join(",", hosts));
    driver.setProperty(PGProperty.PG_PORT.getName(), String.join(",", ports));
    return String.join(",", both);
  }

  private static InvalidInputException unreadable() {
    return new InvalidInputException(
        "the host or port of the URL cannot be read; a host is a name or an address, IPv6 in brackets, and a port a number from 1 to "
            + LARGEST_PORT
            + ". User and password come before the host and end with '@'"
            + UrlParts.FORM);
  }

  private static boolean isHost(String host) {
    boolean brackets = host.startsWith("[") && host.endsWith("]") && host.length() > 2;
    String name = brackets ? host.substring(1, host.length() - 1) : host;
    String also = brackets ? ".:%-_" : ".-_";
    return !name.isEmpty()
        && name.chars().allMatch(c -> Character.isLetterOrDigit(c) || also.indexOf(c) >= 0);
  }

  private static boolean isPort(String port) {
    boolean digits = !port.isEmpty() && port.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!digits || port.length() > 5) {
      return false;
    }
    int number = Integer.parseInt(port);
    return number >= 1 && number <= LARGEST_PORT;
  }
}
