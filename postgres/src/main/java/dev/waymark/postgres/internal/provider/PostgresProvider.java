package dev.waymark.postgres.internal.provider;

import dev.waymark.core.spi.LimitSettings;
import dev.waymark.core.spi.StoreOptions;
import dev.waymark.core.spi.StoreProvider;
import dev.waymark.core.spi.StoreUrl;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.postgres.PostgresStateStore;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Reads the URLs {@code postgresql://USER@HOST:PORT/DATABASE?…}. The password can be in the URL, in
 * {@code PGPASSWORD} or in {@code ~/.pgpass}; the latter two are not visible in the process list.
 */
public final class PostgresProvider implements StoreProvider {
  @Override
  public List<String> schemes() {
    return List.of("postgresql", "postgres");
  }

  @Override
  public String form() {
    return "postgresql://USER@HOST:PORT/DATABASE";
  }

  @Override
  public StoreUrl read(String url, StoreOptions options) {
    if (options.silencesDriver()) {
      Driver.LOGGER.setLevel(Level.OFF);
    }
    LimitSettings settings = new LimitSettings(options.limits());
    PostgresStateStore.Builder builder = PostgresStateStore.builder(url, settings::take);
    Map<String, String> variables = new HashMap<>(options.environment());
    variables.put("HOME", options.home().toString());
    Limits limits = settings.limits();
    builder.options(options).limits(limits).environment(variables);
    if (options.readOnly()) {
      builder.readOnly(true);
    }
    return new PostgresUrl(builder.shownUrl(), builder, limits, options.logDirectory());
  }

  /** Keeps the logger of the driver, because a logger that nobody keeps loses its level. */
  private static final class Driver {
    static final Logger LOGGER = Logger.getLogger("org.postgresql");
  }

  /**
   * The URL of a schema of a server.
   *
   * @param shown the URL without the password
   * @param builder opens the store
   * @param limits the limits
   * @param logDirectory the directory of the log files of attempts that this machine runs
   */
  private record PostgresUrl(
      String shown, PostgresStateStore.Builder builder, Limits limits, Path logDirectory)
      implements StoreUrl {
    @Override
    public StateStore open() {
      return builder.build();
    }

    /** Returns the URL without the password. */
    @Override
    public String toString() {
      return shown;
    }
  }
}
