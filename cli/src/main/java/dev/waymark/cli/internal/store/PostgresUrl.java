package dev.waymark.cli.internal.store;

import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.postgres.PostgresStateStore;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * {@code postgresql://USER@HOST:PORT/DATABASE?…}. The password may stand in the URL, in {@code
 * PGPASSWORD} or in {@code ~/.pgpass}; the latter two do not show in the list of processes.
 *
 * @param shown the URL as it was given, but without a password
 * @param builder what opens the store
 * @param limits the limits
 * @param logDirectory where the output of attempts that this machine runs is kept
 */
public record PostgresUrl(
    String shown, PostgresStateStore.Builder builder, Limits limits, Path logDirectory)
    implements StoreUrl {
  /** Everything that the driver logs also comes as an error, in words that were chosen. */
  private static final Logger DRIVER = Logger.getLogger("org.postgresql");

  /**
   * Reads a URL: the limits are the command line's business, all else that of the store.
   *
   * @param environment the variables that may hold the password or name its file
   */
  static PostgresUrl parse(String text, Path home, Map<String, String> environment) {
    DRIVER.setLevel(Level.OFF);
    LimitSettings limits = new LimitSettings();
    PostgresStateStore.Builder builder = PostgresStateStore.builder(text, limits::take);
    Map<String, String> variables = new HashMap<>(environment);
    variables.put("HOME", home.toString());
    builder.limits(limits.limits()).environment(variables);
    return new PostgresUrl(
        builder.shownUrl(), builder, limits.limits(), home.resolve(".waymark").resolve("logs"));
  }

  @Override
  public StateStore open() {
    return builder.build();
  }

  /** Without the password. */
  @Override
  public String toString() {
    return shown;
  }
}
