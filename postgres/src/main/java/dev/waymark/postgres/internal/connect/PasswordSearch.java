package dev.waymark.postgres.internal.connect;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/**
 * Finds the password of a connection where libpq does: in the URL, in {@code PGPASSWORD}, and in
 * the password file that {@code PGPASSFILE} names, else in {@code $HOME/.pgpass}. The driver would
 * search the file in the home directory of the user database, and ignore {@code HOME}.
 *
 * @param password the password, or null when none was found
 * @param description where the password is from, or where it was looked for; without the password
 */
public record PasswordSearch(@Nullable String password, String description) {
  private static final String VARIABLE = "PGPASSWORD";
  private static final String FILE_VARIABLE = "PGPASSFILE";

  /**
   * Looks for the password of these properties of the driver.
   *
   * @param environment the variables of the environment
   */
  static PasswordSearch of(Properties driver, Map<String, String> environment) {
    String given = driver.getProperty(PGProperty.PASSWORD.getName(), "");
    if (!given.isEmpty()) {
      return new PasswordSearch(given, "the password is from the URL or the builder");
    }
    List<String> searched = new ArrayList<>();
    searched.add("the URL (none)");
    String variable = environment.getOrDefault(VARIABLE, "");
    if (!variable.isEmpty()) {
      return new PasswordSearch(variable, "the password is from " + VARIABLE);
    }
    searched.add(VARIABLE + " (not set)");
    String path = environment.getOrDefault(FILE_VARIABLE, "");
    boolean named = !path.isEmpty();
    PasswordFile file = named ? PasswordFile.at(path) : PasswordFile.inHome(home(environment));
    searched.add(FILE_VARIABLE + (named ? " (" + path + ")" : " (not set)"));
    String found = file.find(driver);
    return found == null
        ? new PasswordSearch(
            null,
            "no password was found; searched "
                + String.join(", ", searched)
                + (named ? ": " : ", ")
                + file.state())
        : new PasswordSearch(found, "the password is from " + file.path());
  }

  private static String home(Map<String, String> environment) {
    String home = environment.getOrDefault("HOME", "");
    return home.isEmpty() ? System.getProperty("user.home", "") : home;
  }

  /** Without the password. */
  @Override
  public String toString() {
    return description;
  }
}
