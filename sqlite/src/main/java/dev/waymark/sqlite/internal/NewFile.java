package dev.waymark.sqlite.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A file that is written under a name of its own, which nothing else knows, and then gets its real
 * name. So it may be opened here: no store can have it open, whose locks that would drop. Closing
 * removes what is left under the first name.
 */
final class NewFile implements AutoCloseable {
  private static final String SUFFIX = ".part";

  /** What SQLite keeps beside a database. */
  private static final String[] COMPANIONS = {"-wal", "-shm", "-journal"};

  private final Path file;
  private final Path target;

  /** Creates an empty file for its user alone, in the folder of the file that it will be. */
  NewFile(Path target) throws IOException {
    this.target = target;
    this.file = target.resolveSibling(target.getFileName() + "." + UUID.randomUUID() + SUFFIX);
    StoreFile.createNew(file);
  }

  /** The file under its first name. */
  Path path() {
    return file;
  }

  /**
   * Makes the content durable, and gives the file its real name. Removes companions that a deleted
   * database of this name has left: SQLite would apply such a log to the new one. Nothing uses them
   * without a database.
   *
   * @throws java.nio.file.FileAlreadyExistsException when the name is taken, also in a race: a link
   *     fails then, where a rename might replace the other file
   */
  void publish() throws IOException {
    sync(file, StandardOpenOption.WRITE);
    deleteCompanions(target);
    try {
      Files.createLink(target, file);
      Files.delete(file);
    } catch (UnsupportedOperationException e) {
      Files.move(file, target);
    }
    syncFolder();
  }

  private static void sync(Path path, StandardOpenOption option) throws IOException {
    try (FileChannel channel = FileChannel.open(path, option)) {
      channel.force(true);
    }
  }

  /** Not every system can sync a folder. */
  private void syncFolder() {
    try {
      sync(target.resolveSibling("."), StandardOpenOption.READ);
    } catch (IOException e) {
      return;
    }
  }

  private static void deleteCompanions(Path database) throws IOException {
    for (String suffix : COMPANIONS) {
      Files.deleteIfExists(database.resolveSibling(database.getFileName() + suffix));
    }
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(file);
      deleteCompanions(file);
    } catch (IOException e) {
      return; // It is left behind under a name that says what it is.
    }
  }
}
