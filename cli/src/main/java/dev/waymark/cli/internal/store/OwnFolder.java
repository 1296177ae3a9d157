package dev.waymark.cli.internal.store;

import dev.waymark.core.error.StoreUnavailableException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** A folder that only its owner can access. */
final class OwnFolder {
  private OwnFolder() {}

  /**
   * Creates the folder if it does not exist.
   *
   * @throws StoreUnavailableException if that fails
   */
  static void create(Path folder) {
    if (Files.isDirectory(folder)) {
      return;
    }
    try {
      Files.createDirectories(folder, ownerOnly());
    } catch (IOException e) {
      throw new StoreUnavailableException(
          "cannot create "
              + folder
              + " for the default store: "
              + e.getMessage()
              + "; use another store with --store sqlite:PATH",
          e);
    }
  }

  private static FileAttribute<?>[] ownerOnly() {
    if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
    };
  }
}
