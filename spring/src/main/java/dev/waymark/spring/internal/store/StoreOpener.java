package dev.waymark.spring.internal.store;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.spi.StoreOptions;
import dev.waymark.core.spi.StoreUrl;
import dev.waymark.spring.WaymarkProperties;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/** Opens the store that the properties name, or the one in the database of the application. */
public final class StoreOpener {
  private static final String POSTGRES = "dev.waymark.postgres.PostgresStateStore";
  private static final String SQLITE = "dev.waymark.sqlite.SqliteStateStore";

  private final WaymarkProperties.Store settings;
  private final StoreOptions options;

  /** Opens with these settings and options. */
  public StoreOpener(WaymarkProperties.Store settings, StoreOptions options) {
    this.settings = settings;
    this.options = options;
  }

  /** Opens the store of {@code waymark.store.url}. */
  public OpenedStore byUrl(String url) {
    try {
      String scheme = url.toLowerCase(Locale.ROOT);
      if (scheme.startsWith("postgresql:") || scheme.startsWith("jdbc:postgresql:")) {
        require(POSTGRES, "waymark-postgres", "waymark.store.url is one of PostgreSQL");
        return PostgresOpening.byUrl(url, settings, options);
      }
      if (settings.user() != null || settings.password() != null || settings.schema() != null) {
        throw new ConfigurationException(
            "waymark.store.user, waymark.store.password or waymark.store.schema is set, but the"
                + " store of waymark.store.url is not on PostgreSQL",
            "Remove them, or name a store on PostgreSQL");
      }
      if (scheme.startsWith("sqlite:")) {
        require(SQLITE, "waymark-sqlite", "waymark.store.url is one of SQLite");
      }
      StoreUrl address = StoreUrl.parse(url, options);
      return new OpenedStore(
          address.open(), CurrentTransaction.NONE, address.shown(), Map.of(), null);
    } catch (InvalidInputException e) {
      throw new ConfigurationException(
          "waymark.store.url cannot be used: " + e.getMessage(), "Correct waymark.store.url");
    }
  }

  /**
   * Opens the store in the database of the application.
   *
   * @param source its data source
   * @param current finds the transactions that calls of the store join
   */
  public OpenedStore on(DataSource source, CurrentTransaction current) {
    JdbcUrls.Database database = database(source);
    if (database.isPostgres()) {
      require(POSTGRES, "waymark-postgres", "the DataSource of the application is on PostgreSQL");
      return PostgresOpening.on(source, current, database.url(), settings, options);
    }
    if (database.isSqlite()) {
      require(SQLITE, "waymark-sqlite", "the DataSource of the application is on SQLite");
      return SqliteOpening.on(file(database), current, options);
    }
    throw new ConfigurationException(
        "the DataSource of the application is on "
            + database.product()
            + ", and a store can be on PostgreSQL or SQLite",
        "Set waymark.store.url to a store of its own, such as sqlite:waymark.db, or set"
            + " waymark.enabled=false");
  }

  private Path file(JdbcUrls.Database database) {
    Path file = database.file();
    if (file == null) {
      throw new ConfigurationException(
          "the DataSource of the application is a database of SQLite in memory, which a store"
              + " cannot be in",
          "Set spring.datasource.url to a file, such as jdbc:sqlite:shop.db, or set"
              + " waymark.store.url");
    }
    if (settings.schema() != null) {
      throw new ConfigurationException(
          "waymark.store.schema is set, but the DataSource of the application is on SQLite, which"
              + " has no schemas",
          "Remove waymark.store.schema");
    }
    return file;
  }

  private static JdbcUrls.Database database(DataSource source) {
    try {
      return JdbcUrls.of(source);
    } catch (SQLException e) {
      throw new IllegalStateException(
          "cannot open the Waymark store: the DataSource of the application gives no connection."
              + " Check spring.datasource.*, or set waymark.store.url",
          e);
    }
  }

  private static void require(String type, String artifact, String reason) {
    @Nullable ClassLoader loader = StoreOpener.class.getClassLoader();
    if (!ClassUtils.isPresent(type, loader)) {
      throw new ConfigurationException(
          reason + ", but " + artifact + " is not on the class path",
          "Add the dependency dev.waymark:" + artifact);
    }
  }
}
