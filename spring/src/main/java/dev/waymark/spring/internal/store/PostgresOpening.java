package dev.waymark.spring.internal.store;

import dev.waymark.core.spi.StoreOptions;
import dev.waymark.postgres.PostgresStateStore;
import dev.waymark.spring.WaymarkProperties;
import java.util.Map;
import javax.sql.DataSource;

/** Opens a store on PostgreSQL. Loaded only if {@code waymark-postgres} is on the class path. */
final class PostgresOpening {
  private PostgresOpening() {}

  static OpenedStore byUrl(String url, WaymarkProperties.Store settings, StoreOptions options) {
    PostgresStateStore.Builder builder = PostgresStateStore.builder(url).options(options);
    if (settings.user() != null) {
      builder.user(settings.user());
    }
    if (settings.password() != null) {
      builder.password(settings.password());
    }
    if (settings.schema() != null) {
      builder.schema(settings.schema());
    }
    String place = builder.shownUrl();
    return opened(builder, CurrentTransaction.NONE, place);
  }

  static OpenedStore on(
      DataSource source,
      CurrentTransaction current,
      String url,
      WaymarkProperties.Store settings,
      StoreOptions options) {
    PostgresStateStore.Builder builder = PostgresStateStore.builder(source).options(options);
    String schema = settings.schema() == null ? "waymark" : settings.schema();
    builder.schema(schema);
    return opened(builder, current, JdbcUrls.shown(url) + ", schema " + schema);
  }

  private static OpenedStore opened(
      PostgresStateStore.Builder builder, CurrentTransaction current, String place) {
    PostgresStateStore store = builder.build();
    return new OpenedStore(
        store,
        current,
        place,
        Map.of("database", "PostgreSQL", "schemaVersion", PostgresStateStore.schemaVersion()),
        store::isWritable);
  }
}
