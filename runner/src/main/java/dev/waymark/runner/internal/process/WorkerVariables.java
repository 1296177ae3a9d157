package dev.waymark.runner.internal.process;

import dev.waymark.runner.definition.InheritedEnv;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Which variables of the worker its tasks inherit. What gives access to the store is for the worker
 * alone, unless the workflow file names the variable.
 */
final class WorkerVariables {
  /** What PostgreSQL's clients, the worker's driver among them, take passwords and keys from. */
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

  /** What every program needs; {@code LC_*} belongs to it too. */
  private static final Set<String> BASE =
      Set.of("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR");

  private WorkerVariables() {}

  /** Takes out of an environment what a task does not inherit. */
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

  /** A password is in the user info or in a parameter; in doubt there is one. */
  private static boolean mayHavePassword(String url) {
    return url.contains("@") || url.toLowerCase(Locale.ROOT).contains("password");
  }
}
