package dev.waymark.postgres.internal.connect;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A password file in the form of libpq's {@code .pgpass}: lines of {@code
 * host:port:database:user:password}, where {@code *} matches anything and a backslash escapes a
 * colon or a backslash; the first line that matches counts. As with libpq, a file that others may
 * read is ignored. Not thread-safe.
 */
final class PasswordFile {
  private static final Logger LOG = LoggerFactory.getLogger(PasswordFile.class);
  private static final int FIELDS = 4;

  private final String path;
  private String state = "not read";

  private PasswordFile(String path) {
    this.path = path;
  }

  static PasswordFile at(String path) {
    return new PasswordFile(path);
  }

  static PasswordFile inHome(String home) {
    return new PasswordFile(home + "/.pgpass");
  }

  String path() {
    return path;
  }

  /** Why nothing was found: the path, and what is wrong with the file or missing in it. */
  String state() {
    return path + " (" + state + ")";
  }

  /** The password of the first line that matches one of the hosts, or null. */
  @Nullable String find(Properties driver) {
    List<String> lines = lines();
    String[] hosts = driver.getProperty(PGProperty.PG_HOST.getName(), "localhost").split(",", -1);
    String[] ports = driver.getProperty(PGProperty.PG_PORT.getName(), "5432").split(",", -1);
    String user = driver.getProperty(PGProperty.USER.getName(), "");
    String database = driver.getProperty(PGProperty.PG_DBNAME.getName(), user);
    for (int i = 0; i < hosts.length; i++) {
      List<String> wanted =
          List.of(withoutBrackets(hosts[i]), ports[i % ports.length], database, user);
      for (String line : lines) {
        String password = match(line, wanted);
        if (password != null) {
          return password;
        }
      }
    }
    return null;
  }

  private static String withoutBrackets(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private List<String> lines() {
    try {
      Path file = Path.of(path);
      if (!Files.exists(file)) {
        state = "does not exist";
      } else if (!Files.isRegularFile(file)) {
        state = "is not a file";
      } else if (isOpenToOthers(file)) {
        warn(file);
      } else {
        state = "has no line for this host, port, database and user";
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
      }
    } catch (IOException | InvalidPathException e) {
      state = "cannot be read";
    }
    return List.of();
  }

  private static boolean isOpenToOthers(Path file) throws IOException {
    Set<PosixFilePermission> found = Files.getPosixFilePermissions(file);
    return found.stream().anyMatch(permission -> !permission.name().startsWith("OWNER_"));
  }

  private void warn(Path file) throws IOException {
    String found = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    state =
        "ignored, because other users may access it: its permissions are "
            + found
            + "; run chmod 600";
    LOG.warn(
        "the password file {} is ignored, because other users may access it: its permissions are {};"
            + " run chmod 600",
        path,
        found);
  }

  /** The password of a line, or null when the line is of another connection. */
  private static @Nullable String match(String line, List<String> wanted) {
    if (line.startsWith("#")) {
      return null;
    }
    List<String> fields = fields(line);
    if (fields.size() <= FIELDS) {
      return null;
    }
    for (int i = 0; i < FIELDS; i++) {
      if (!fields.get(i).equals("*") && !unescape(fields.get(i)).equals(wanted.get(i))) {
        return null;
      }
    }
    return unescape(fields.get(FIELDS));
  }

  private static List<String> fields(String line) {
    List<String> fields = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == ':') {
        fields.add(line.substring(start, i));
        start = i + 1;
      }
    }
    fields.add(line.substring(start));
    return fields;
  }

  private static String unescape(String field) {
    StringBuilder out = new StringBuilder(field.length());
    for (int i = 0; i < field.length(); i++) {
      if (field.charAt(i) == '\\' && i + 1 < field.length()) {
        i++;
      }
      out.append(field.charAt(i));
    }
    return out.toString();
  }
}
