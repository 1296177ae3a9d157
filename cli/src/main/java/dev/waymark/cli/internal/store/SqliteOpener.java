package dev.waymark.cli.internal.store;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.store.StateStore;
import dev.waymark.sqlite.SqliteStateStore;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Opens SQLite files. The folder of the default store is created, for its user alone; any other
 * folder must exist, since a misspelt path should not make a store.
 */
public final class SqliteOpener implements StoreOpener {
  @Override
  public StateStore open(StoreUrl url) {
    if (url.isDefault()) {
      Path folder = url.file().toAbsolutePath().getParent();
      if (folder != null) {
        createFolder(folder);
      }
    }
    SqliteStateStore.Builder builder = SqliteStateStore.builder(url.file()).limits(url.limits());
    if (url.busyTimeout() != null) {
      builder.busyTimeout(url.busyTimeout());
    }
    return builder.build();
  }

  private static void createFolder(Path folder) {
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
              + "; name another store with --store sqlite:PATH",
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
