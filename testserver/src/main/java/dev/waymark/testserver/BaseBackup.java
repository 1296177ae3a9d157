package dev.waymark.testserver;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;

/**
 * A copy of the data of a running server, for a standby on the same machine. The archives of the
 * test server do not contain {@code pg_basebackup}, so this uses the functions that PostgreSQL
 * documents for a backup by other tools. The standby gets the log of the time of the copy from the
 * server, which keeps it in a replication slot.
 */
final class BaseBackup {
  private static final String SLOT = "standby";

  /** Has a folder for each slot; the copy has none. */
  private static final Path SLOTS = Path.of("pg_replslot");

  private static final int NEW_NAMES_SINCE = 15;

  /** What a backup must not contain, in part because the log is not copied. */
  private static final Set<String> EMPTY =
      Set.of("pg_wal", "pg_stat_tmp", "pg_dynshmem", "pg_notify", "pg_subtrans");

  private static final Set<String> ABSENT =
      Set.of("postmaster.pid", "postmaster.opts", "restart.log", "promote", "standby.signal");

  private final Connection connection;
  private final Path from;
  private final Path to;

  /**
   * A copy into an empty folder.
   *
   * @param connection a connection to the server, which stays open
   */
  BaseBackup(Connection connection, Path from, Path to) {
    this.connection = connection;
    this.from = from;
    this.to = to;
  }

  /** Copies everything, and prepares the copy for a standby of the server at this port. */
  void take(int port) throws SQLException, IOException {
    boolean isNew = connection.getMetaData().getDatabaseMajorVersion() >= NEW_NAMES_SINCE;
    execute("SELECT pg_create_physical_replication_slot('" + SLOT + "', true)");
    execute(
        isNew
            ? "SELECT pg_backup_start('standby', true)"
            : "SELECT pg_start_backup('standby', true, false)");
    copy();
    String label =
        TestServer.text(
            connection,
            isNew
                ? "SELECT labelfile FROM pg_backup_stop(false)"
                : "SELECT labelfile FROM pg_stop_backup(false, false)");
    Files.writeString(to.resolve("backup_label"), label);
    Files.createFile(to.resolve("standby.signal"));
    Files.writeString(
        to.resolve("postgresql.auto.conf"),
        """
        primary_conninfo = 'host=localhost port=%s user=postgres application_name=standby'
        primary_slot_name = '%s'
        wal_retrieve_retry_interval = 100
        """
            .formatted(port, SLOT));
  }

  private void execute(String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet unused = statement.executeQuery(query)) {
      // Its effect is enough.
    }
  }

  /** Files may change and disappear meanwhile; the log repairs the copy. */
  private void copy() throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            Path name = from.relativize(folder);
            if (name.startsWith(SLOTS) && name.getNameCount() > 1) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            if (!name.toString().isEmpty()) {
              Files.createDirectory(to.resolve(name));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Path name = from.relativize(file);
            boolean isTop = name.getNameCount() == 1;
            if (!(isTop ? ABSENT : EMPTY).contains(name.getName(0).toString())) {
              copy(file, to.resolve(name));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException error) throws IOException {
            return skip(error);
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException error) {
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void copy(Path file, Path copy) throws IOException {
    try {
      Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
    } catch (NoSuchFileException e) {
      FileVisitResult unused = skip(e);
    }
  }

  private static FileVisitResult skip(IOException error) throws IOException {
    if (error instanceof NoSuchFileException) {
      return FileVisitResult.CONTINUE;
    }
    throw error;
  }

  /** Deletes a folder with all its files. */
  static void delete(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path deleted, IOException error)
              throws IOException {
            Files.delete(deleted);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
