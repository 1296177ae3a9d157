package dev.waymark.cli.internal.store;

import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.postgres.PostgresStateStore;
import java.nio.file.Path;
import java.util.Map;
import java.util.StringJoiner;
import java.util.regex.Pattern;

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
  private static final String PASSWORD_VARIABLE = "PGPASSWORD";
  private static final Pattern HAS_PASSWORD = Pattern.compile("[?&]password=|//[^/?@:]*:[^/?]*@");

  /** Reads a URL: the limits are the command line's business, all else that of the store. */
  static PostgresUrl parse(String text, Path home, Map<String, String> environment) {
    LimitSettings limits = new LimitSettings();
    PostgresStateStore.Builder builder =
        PostgresStateStore.builder(withoutLimits(text, limits)).limits(limits.limits());
    String password = environment.getOrDefault(PASSWORD_VARIABLE, "");
    if (!password.isEmpty() && !HAS_PASSWORD.matcher(text).find()) {
      builder.password(password);
    }
    return new PostgresUrl(
        StoreUrl.withoutPassword(text),
        builder,
        limits.limits(),
        home.resolve(".waymark").resolve("logs"));
  }

  private static String withoutLimits(String text, LimitSettings limits) {
    int question = text.indexOf('?');
    if (question < 0) {
      return text;
    }
    StringJoiner others = new StringJoiner("&", text.substring(0, question + 1), "");
    for (String setting : text.substring(question + 1).split("&", -1)) {
      int equals = setting.indexOf('=');
      if (equals < 0 || !limits.take(setting.substring(0, equals), setting.substring(equals + 1))) {
        others.add(setting);
      }
    }
    return others.toString();
  }

  @Override
  public StateStore open() {
    return builder.build();
  }
}
