package dev.waymark.runner.internal.process;

import dev.waymark.runner.definition.InheritedEnv;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Determines which variables of the worker its tasks inherit. Variables that give access to the
 * store are only for the worker, unless the workflow file names them.
 */
final class WorkerVariables {
  /**
   * The variables from which the clients of PostgreSQL, including the worker's driver, read
   * passwords and keys.
   */
  private static final Set<String> CREDENTIALS =
      Set.of(
          "PGPASSWORD",
          "PGPASSFILE",
          "PGSERVICE",
          "PGSERVICEFILE",
          "PGSSLCERT",
          "PGSSLKEY",
          "PGSSLPASSWORD",
          "PGOAUTHCLIENTSECRET",
          "WAYMARK_JAVA_OPTS");

  private static final String STORE = "WAYMARK_STORE";

  /** The variables that every program needs; {@code LC_*} is one of them too. */
  private static final Set<String> BASE =
      Set.of("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR");

  private WorkerVariables() {}

  /** Removes the variables that a task does not inherit from an environment. */
  static void retain(Map<String, String> environment, InheritedEnv inherited) {
    environment
        .entrySet()
        .removeIf(each -> !isInherited(each.getKey(), each.getValue(), inherited.names()));
  }

  private static boolean isInherited(String name, String value, Set<String> names) {
    return names.contains(name)
        || BASE.contains(name)
        || name.startsWith("LC_")
        || (names.contains(InheritedEnv.EVERYTHING) && !isCredential(name, value));
  }

  private static boolean isCredential(String name, String value) {
    return CREDENTIALS.contains(name) || (name.equals(STORE) && mayHavePassword(value));
  }

  /** A password is in the user info or in a parameter. When it is unclear, the result is true. */
  private static boolean mayHavePassword(String url) {
    return url.contains("@") || url.toLowerCase(Locale.ROOT).contains("password");
  }
}
