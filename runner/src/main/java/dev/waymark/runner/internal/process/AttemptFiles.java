package dev.waymark.runner.internal.process;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of one attempt. The script receives only paths into {@link #folder}. The log and the
 * pid file are outside of it, and the script receives neither their paths nor a descriptor of them.
 *
 * <p>Only the owner can read the folders (0700) and the files (0600).
 *
 * @param log what the attempt writes to standard output and standard error, byte for byte
 * @param pidFile contains the id of the process group, from before the first command of the script
 *     until the group has ended. With it, another worker can end the processes of an attempt whose
 *     worker died
 * @param folder the files that the script reads and writes: the script, its outputs, the outputs of
 *     its needs. It is deleted when the attempt has ended
 */
public record AttemptFiles(Path log, Path pidFile, Path folder) {
  private static final Logger LOG = LoggerFactory.getLogger(AttemptFiles.class);

  /** Returns the files that belong to a log with this name, {@code TASK.NUMBER.log}. */
  public static AttemptFiles of(Path log) {
    String name = log.getFileName().toString().replaceFirst("\\.log$", "");
    return new AttemptFiles(
        log, log.resolveSibling(name + ".pid"), log.resolveSibling(name + ".files"));
  }

  /** The script that the shell runs. */
  Path script() {
    return folder.resolve("script");
  }

  /** Assignments of variables that Java cannot pass to a process unchanged. */
  Path variables() {
    return folder.resolve("variables");
  }

  /** The file to which the script writes its outputs. */
  public Path output() {
    return folder.resolve("output");
  }

  /** The outputs of all needs, as one JSON object. */
  public Path needs() {
    return folder.resolve("needs.json");
  }

  /**
   * For a task of {@code on-failure} or {@code finally}: the result of the execution so far, as
   * JSON.
   */
  public Path result() {
    return folder.resolve("result.json");
  }

  /** The folder with a file for each value that is too large for an environment variable. */
  public Path values() {
    return folder.resolve("values");
  }

  /**
   * Creates the folders, and an empty log if there is none. Deletes the folder of an earlier start
   * of this attempt.
   */
  public void prepare() throws IOException {
    deleteFolder();
    createDirectory(log.toAbsolutePath().getParent());
    createDirectory(folder.toAbsolutePath());
    if (!Files.exists(log, LinkOption.NOFOLLOW_LINKS)) {
      write(log, "");
    }
  }

  /** Writes a new file that only its owner can read. */
  public static void write(Path file, String text) throws IOException {
    Set<StandardOpenOption> options =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (OutputStream out =
        java.nio.channels.Channels.newOutputStream(
            Files.newByteChannel(file, options, ownerOnly(file, "rw-------")))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Creates a folder that only its owner can read, unless it exists. */
  public static void createDirectory(@Nullable Path folder) throws IOException {
    FolderOwners.checkLinks(folder);
    try {
      if (folder != null && !Files.isDirectory(folder)) {
        Files.createDirectories(folder, ownerOnly(folder, "rwx------"));
      }
    } catch (IOException e) {
      throw new IOException("log directory " + folder + " cannot be made: " + e, e);
    }
    if (folder != null) {
      FolderOwners.check(folder);
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path file, String permissions) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  /**
   * Deletes the folder of the script, with everything that the script put into it. Does not follow
   * links.
   */
  public void deleteFolder() {
    try {
      Files.walkFileTree(folder, new Deleter());
    } catch (NoSuchFileException e) {
      // There is nothing to delete.
    } catch (IOException e) {
      LOG.debug("cannot delete {}", folder, e);
    }
  }

  private static final class Deleter extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attrs) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    /** A script may have removed its own permissions. */
    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      if (Files.isReadable(file) && Files.isExecutable(file)) {
        throw e;
      }
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
      Files.walkFileTree(file, this);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException e)
        throws IOException {
      Files.deleteIfExists(dir);
      return FileVisitResult.CONTINUE;
    }
  }
}
