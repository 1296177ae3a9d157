package dev.waymark.bench.storage;

import dev.waymark.testserver.TestServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder in which everything is measured. It contains the SQLite files and the data of a
 * PostgreSQL server, so both are on the same disk. The server is started when it is first needed,
 * with fsync on. Closing the storage stops the server, and removes the folder unless it is to be
 * kept.
 */
public final class Storage implements AutoCloseable {
  /** The database of the server, and its user. */
  private static final String DATABASE = "postgres";

  private final Path folder;
  private final boolean keep;
  private @Nullable EmbeddedPostgres server;

  /** Prepares the folder. */
  public Storage(Path folder, boolean keep) {
    this.folder = folder.toAbsolutePath().normalize();
    this.keep = keep;
    try {
      Files.createDirectories(this.folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The location with this name. If the folder is kept, it may hold a store from an earlier run.
   */
  public StoreLocation location(Backend backend, String name) {
    return switch (backend) {
      case SQLITE -> new SqliteLocation(folder.resolve(name + ".db"));
      case POSTGRES -> new PostgresLocation(serverUrl(), name);
    };
  }

  /**
   * The same, in a database of its own: a snapshot that is held there does not affect the other
   * locations.
   */
  public StoreLocation separateLocation(Backend backend, String name) throws SQLException {
    return switch (backend) {
      case SQLITE -> location(backend, name);
      case POSTGRES -> {
        StoreLocation server = location(backend, DATABASE);
        if (server.number("SELECT count(*) FROM pg_database WHERE datname = '" + name + "'") == 0) {
          server.execute("CREATE DATABASE " + name);
        }
        yield new PostgresLocation(server().getJdbcUrl(DATABASE, name), name);
      }
    };
  }

  private String serverUrl() {
    return server().getJdbcUrl(DATABASE, DATABASE);
  }

  private EmbeddedPostgres server() {
    EmbeddedPostgres running = server;
    if (running == null) {
      running = TestServer.start(folder.resolve("postgres"));
      server = running;
    }
    return running;
  }

  /** The folder. */
  public Path folder() {
    return folder;
  }

  /** Whether its content is kept for another run. */
  public boolean isKept() {
    return keep;
  }

  /** The file system of the folder. */
  public String fileSystem() {
    try {
      FileStore store = Files.getFileStore(folder);
      return store.type() + " (" + store.name() + ")";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the file system is in memory, where a sync costs nothing. */
  public boolean isInMemory() {
    return List.of("tmpfs", "ramfs").contains(fileSystem().replaceFirst(" .*", ""));
  }

  @Override
  public void close() throws IOException {
    if (server != null) {
      server.close();
      server = null;
    }
    if (!keep) {
      remove(folder);
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
