package dev.waymark.sqlite.internal;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.error.StoreUnavailableException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The database file before SQLite opens it: that it has one name only, and is created for its user
 * alone.
 *
 * <p>SQLite names the write-ahead log after the database. Under a second name, a hard link or a
 * mount of the file itself, the file would have a second log, and what was committed through one
 * name would never be seen through the other. A symbolic link is resolved, so it is no second name.
 *
 * <p>SQLite gives {@code -wal} and {@code -shm} the permissions of the database, so it is enough to
 * create that one. Nothing here opens a file that exists: to close it would drop the locks of
 * SQLite in this process. The file is created exclusively and closed under a lock of this class,
 * which everybody who opens a store takes first, so no connection can have it open by then.
 */
public final class StoreFile {
  private static final Object CREATING = new Object();

  private StoreFile() {}

  /**
   * Checks the path, and creates the file where there is none.
   *
   * @param create whether a file that is missing is created
   * @return the path without symbolic links
   * @throws InvalidInputException when SQLite's driver could not open a file of this name
   * @throws StoreUnavailableException when there is no file and none can or may be created, or the
   *     file has another name
   */
  public static Path prepare(Path path, boolean create) {
    checkName(path);
    Path folder = path.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new StoreUnavailableException(
          "cannot open sqlite:"
              + path
              + ": the folder "
              + folder
              + " does not exist; create it, or name another file",
          null);
    }
    if (Files.isDirectory(path)) {
      throw new StoreUnavailableException(
          "cannot open sqlite:" + path + ": it is a folder; name a file", null);
    }
    try {
      return prepareFile(path, create);
    } catch (IOException e) {
      throw new StoreUnavailableException(
          "cannot open sqlite:" + path + ": " + reason(e) + "; check the path and its permissions",
          e);
    }
  }

  /** Rejects a name that SQLite's driver could not open. */
  static void checkName(Path path) {
    if (path.toString().contains("?")) {
      throw new InvalidInputException(
          "sqlite:"
              + path
              + " has a '?' in its name, which the driver reads as a setting; name another"
              + " file");
    }
  }

  private static Path prepareFile(Path path, boolean create) throws IOException {
    synchronized (CREATING) {
      if (!create && (!Files.exists(path) || Files.size(path) == 0)) {
        throw new StoreUnavailableException(
            "no store at sqlite:"
                + path
                + "; check the path. The first command that writes creates the store",
            null);
      }
      Path real = real(path);
      if (!Files.exists(real)) {
        create(real);
      }
      checkOneName(real);
      return real;
    }
  }

  /** The path without symbolic links, also when the file that they lead to is missing. */
  private static Path real(Path path) throws IOException {
    Path found = path;
    for (int links = 0; Files.isSymbolicLink(found) && links < 40; links++) {
      found = found.resolveSibling(Files.readSymbolicLink(found));
    }
    Path folder = found.toAbsolutePath().normalize().getParent();
    return folder == null ? found : folder.toRealPath().resolve(found.getFileName());
  }

  private static void create(Path file) throws IOException {
    try {
      createNew(file);
    } catch (FileAlreadyExistsException e) {
      // Another process was first.
    }
  }

  /** Creates an empty file for its user alone. */
  static void createNew(Path file) throws IOException {
    Files.createFile(file, ownerOnly());
  }

  private static FileAttribute<?>[] ownerOnly() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  private static void checkOneName(Path file) throws IOException {
    if (!FileSystems.getDefault().supportedFileAttributeViews().contains("unix")) {
      return;
    }
    Object names = Files.getAttribute(file, "unix:nlink");
    if (names instanceof Integer count && count > 1) {
      throw new StoreUnavailableException(
          "cannot open sqlite:"
              + file
              + ": the file has "
              + count
              + " names (hard links), and each name would have a separate write-ahead log. Find"
              + " them with find -samefile, and remove all but one; nothing was changed",
          null);
    }
    if (MountPoints.contains(file)) {
      throw new StoreUnavailableException(
          "cannot open sqlite:"
              + file
              + ": the file itself is a mount point, so it would have another write-ahead log than"
              + " the file outside the mount. Mount the folder that contains it instead; nothing"
              + " was changed",
          null);
    }
  }

  /** Says in a message what has failed. */
  static String reason(IOException e) {
    return e.getClass().getSimpleName().replaceFirst("Exception$", "") + " " + e.getMessage();
  }
}
