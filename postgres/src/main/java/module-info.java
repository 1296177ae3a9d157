import dev.waymark.core.spi.StoreProvider;
import dev.waymark.postgres.internal.provider.PostgresProvider;

/** The store on PostgreSQL, see {@link dev.waymark.postgres.PostgresStateStore}. */
@SuppressWarnings("requires-automatic") // the driver names its module in its manifest
module dev.waymark.postgres {
  requires transitive dev.waymark.core;
  requires transitive dev.waymark.jdbc;
  requires transitive java.sql;
  requires com.zaxxer.hikari;
  requires org.postgresql.jdbc;
  requires org.slf4j;

  exports dev.waymark.postgres;

  // The driver creates socket factories by their names.
  exports dev.waymark.postgres.internal.connect to
      org.postgresql.jdbc;

  opens dev.waymark.postgres.migration to
      dev.waymark.jdbc;

  provides StoreProvider with
      PostgresProvider;
}
