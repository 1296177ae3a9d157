package dev.waymark.bench.storage;

import dev.waymark.core.store.StateStore;
import dev.waymark.sqlite.SqliteStateStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * An SQLite file. A connection beside that of the store has the settings on which the guarantees of
 * the store depend: WAL, with a sync at every commit.
 *
 * @param file the file
 */
record SqliteLocation(Path file) implements StoreLocation {
  /** The beginning of its URL. */
  static final String SCHEME = "sqlite:";

  /** The end of the name of its WAL file. */
  private static final String WAL = "-wal";

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
    return SCHEME + file;
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

  /** A table without rowid is one tree with its primary key, and counts as a table. */
  @Override
  public long indexBytes() throws SQLException {
    return number(
        """
        SELECT coalesce(sum(pgsize), 0) FROM dbstat
        WHERE name IN (SELECT name FROM sqlite_schema WHERE type = 'index')""");
  }

  /**
   * Measures the growth of the WAL file. SQLite begins the file again after a checkpoint, which
   * would hide what was written before. A reader with an old snapshot prevents that.
   */
  @Override
  public WalMeter walMeter() throws SQLException {
    Connection reader = connect();
    reader.setAutoCommit(false);
    try (Statement statement = reader.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM sqlite_schema")) {
      row.next();
    }
    long begin = walSize();
    return new WalMeter() {
      @Override
      public long bytes() {
        return walSize() - begin;
      }

      @Override
      public void close() throws SQLException {
        reader.close();
      }
    };
  }

  private long walSize() {
    try {
      return Files.size(Path.of(file + WAL));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
      for (String suffix : new String[] {"", WAL, "-shm"}) {
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
