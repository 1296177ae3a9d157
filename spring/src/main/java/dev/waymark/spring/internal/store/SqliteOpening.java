package dev.waymark.spring.internal.store;

import dev.waymark.core.spi.StoreOptions;
import dev.waymark.sqlite.SqliteStateStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Opens a store on SQLite. Loaded only if {@code waymark-sqlite} is on the class path. */
final class SqliteOpening {
  private SqliteOpening() {}

  static OpenedStore on(Path file, CurrentTransaction current, StoreOptions options) {
    SqliteStateStore store =
        SqliteStateStore.builder(file).options(options).allowOtherTables(true).build();
    return new OpenedStore(
        store,
        current,
        "sqlite:" + file,
        Map.of("database", "SQLite", "schemaVersion", SqliteStateStore.schemaVersion()),
        () -> Files.isWritable(file));
  }
}
