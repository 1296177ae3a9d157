import dev.waymark.core.spi.StoreProvider;
import dev.waymark.sqlite.internal.provider.SqliteProvider;

/** The store in one SQLite file, see {@link dev.waymark.sqlite.SqliteStateStore}. */
module dev.waymark.sqlite {
  requires transitive dev.waymark.core;
  requires transitive dev.waymark.jdbc;
  requires org.slf4j;
  requires org.xerial.sqlitejdbc;
  requires tools.jackson.core;

  exports dev.waymark.sqlite;

  opens dev.waymark.sqlite.migration to
      dev.waymark.jdbc;

  provides StoreProvider with
      SqliteProvider;
}
