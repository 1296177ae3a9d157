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
 * {@code postgresql://USER@HOST:PORT/DATABASE?…}. The password can be in the URL, in {@code
 * PGPASSWORD} or in {@code ~/.pgpass}; the latter two are not visible in the process list.
 *
 * @param shown the URL that the user gave, without the password
 * @param builder opens the store
 * @param limits the limits
 * @param logDirectory the directory of the log files of attempts that this machine runs
 */
public record PostgresUrl(
    String shown, PostgresStateStore.Builder builder, Limits limits, Path logDirectory)
    implements StoreUrl {
  /** Everything that the driver logs is also reported as an error with a message of Waymark. */
  private static final Logger DRIVER = Logger.getLogger("org.postgresql");

  /**
   * Parses a URL. The command line reads the limits; the store reads everything else.
   *
   * @param environment the variables that can hold the password or the path of its file
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
  public StateStore open(boolean create) {
    return builder.createIfMissing(create).build();
  }

  /** Returns the URL without the password. */
  @Override
  public String toString() {
    return shown;
  }
}
