package dev.waymark.bench.storage;

import dev.waymark.core.store.StateStore;
import dev.waymark.sqlite.SqliteStateStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * An SQLite file. A connection beside that of the store has the settings on which the guarantees of
 * the store depend: WAL, with a sync at every commit.
 *
 * @param file the file
 */
record SqliteLocation(Path file) implements StoreLocation {

  @Override
  public Backend backend() {
    return Backend.SQLITE;
  }

  @Override
  public StateStore open() {
    return SqliteStateStore.open(file);
  }

  @Override
  public String url() {
    return "sqlite:" + file;
  }

  @Override
  public Connection connect() throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 10000");
      statement.execute("PRAGMA journal_mode = wal");
      statement.execute("PRAGMA synchronous = 2");
      statement.execute("PRAGMA fullfsync = 1");
      statement.execute("PRAGMA checkpoint_fullfsync = 1");
      statement.execute("PRAGMA foreign_keys = 1");
    }
    return connection;
  }

  @Override
  public long bytes() throws SQLException {
    execute("PRAGMA wal_checkpoint(TRUNCATE)");
    return number("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
  }

  @Override
  public void analyze() {}

  @Override
  public boolean exists() {
    return Files.exists(file);
  }

  @Override
  public void clear() {
    try {
      for (String suffix : new String[] {"", "-wal", "-shm"}) {
        Files.deleteIfExists(Path.of(file + suffix));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void begin() {
    clear();
  }
}
