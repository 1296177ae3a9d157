package dev.waymark.runner.internal.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Checks the owners of the folders for the output and the exchanged data of tasks, which may be
 * secret. A folder must belong to this user or to root. The same is true for a symbolic link that
 * is the folder or one of its parents: otherwise the creator of the link could redirect the output
 * of tasks.
 */
public final class FolderOwners {
  private static final int ROOT = 0;

  private FolderOwners() {}

  /**
   * Checks a folder that exists.
   *
   * @throws IOException when the folder, or a link on the path to it, belongs to another user
   */
  static void check(@Nullable Path folder) throws IOException {
    if (folder == null) {
      return;
    }
    checkOwner(folder);
    checkLinks(folder);
  }

  /**
   * Checks the links on the path to a folder, which need not exist yet.
   *
   * @throws IOException when one of them belongs to another user
   */
  static void checkLinks(@Nullable Path folder) throws IOException {
    for (Path each = folder; each != null; each = each.getParent()) {
      checkLink(each);
    }
  }

  /** Checks the folder itself, and the link if it is one. */
  private static void checkOwner(Path folder) throws IOException {
    checkLink(folder);
    if (supportsUnix(folder)) {
      check(folder, owner(folder));
    }
  }

  /** The owner of a link must fulfil the same condition as the owner of a folder. */
  private static void checkLink(Path folder) throws IOException {
    if (supportsUnix(folder) && Files.isSymbolicLink(folder)) {
      check(folder, owner(folder, LinkOption.NOFOLLOW_LINKS));
    }
  }

  private static void check(Path folder, int owner) throws IOException {
    int self = owner(Path.of("/proc/self"));
    if (owner != self && owner != ROOT) {
      throw new IOException(
          "folder "
              + folder
              + " belongs to another user (uid "
              + owner
              + ", this process has "
              + self
              + "), who could read what tasks print; remove it, or name another store or log"
              + " folder");
    }
  }

  private static int owner(Path path, LinkOption... options) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:uid", options);
  }

  private static boolean supportsUnix(Path folder) {
    return folder.getFileSystem().supportedFileAttributeViews().contains("unix")
        && Files.exists(Path.of("/proc/self"));
  }
}
