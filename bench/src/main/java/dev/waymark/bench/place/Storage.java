package dev.waymark.bench.place;

import dev.waymark.testserver.TestServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder in which everything is measured. SQLite files lie in it, and so do the data of a
 * PostgreSQL server that is started when it is first needed, with fsync on: both on the same disk.
 * When it is closed the server ends, and the folder is removed unless it is to be kept.
 */
public final class Storage implements AutoCloseable {
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

  /** The place of this name, which may hold a store from an earlier run when the folder is kept. */
  public Place place(Backend backend, String name) {
    return switch (backend) {
      case SQLITE -> new SqlitePlace(folder.resolve(name + ".db"));
      case POSTGRES -> new PostgresPlace(serverUrl(), name);
    };
  }

  private String serverUrl() {
    EmbeddedPostgres running = server;
    if (running == null) {
      running = TestServer.start(folder.resolve("postgres"));
      server = running;
    }
    return running.getJdbcUrl("postgres", "postgres");
  }

  /** The folder. */
  public Path folder() {
    return folder;
  }

  /** Whether what lies in it stays for another run. */
  public boolean isKept() {
    return keep;
  }

  /** The file system that all of it is on. */
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
