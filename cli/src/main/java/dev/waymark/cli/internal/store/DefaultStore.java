package dev.waymark.cli.internal.store;

import dev.waymark.core.error.StoreUnavailableException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The store that is used if the user names none. Its folder is created if missing, and only its
 * owner can access it. Any other folder must exist, because a misspelt path must not create a
 * store.
 */
public final class DefaultStore {
  /** Its URL. */
  public static final String URL = "sqlite:~/.waymark/waymark.db";

  private static final String HOW_TO_CREATE =
      "; \"waymark apply\", \"run\", \"worker\" and \"pools set\" create one";

  private DefaultStore() {}

  /**
   * Creates the folder of the store if it does not exist.
   *
   * @param home the user's home directory
   * @param create whether the command may create a store
   * @throws StoreUnavailableException if there is no folder and it cannot or may not be created
   */
  public static void prepareFolder(Path home, boolean create) {
    Path folder = home.resolve(".waymark");
    if (Files.isDirectory(folder)) {
      return;
    }
    if (!create) {
      throw new StoreUnavailableException(
          "no store at sqlite:" + folder.resolve("waymark.db") + HOW_TO_CREATE, null);
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
