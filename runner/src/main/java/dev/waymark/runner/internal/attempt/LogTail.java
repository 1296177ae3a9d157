package dev.waymark.runner.internal.attempt;

import dev.waymark.runner.internal.process.AttemptFiles;
import dev.waymark.runner.internal.process.LogMark;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a log while other processes write to it.
 *
 * <p>A script does not get the path of its log, but a program of the same user can find it. So the
 * file stays open from the beginning: what happens to its name (rename, delete, replace) does not
 * affect the reader. If the file itself was truncated or overwritten, bytes that have not been read
 * yet are lost. The next bytes that are returned are a mark that says so. The current content of
 * the file follows, from its beginning. Not thread-safe.
 */
public final class LogTail implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(LogTail.class);

  /** The number of last read bytes that are compared with the file before more is read. */
  private static final int COMPARED = 64;

  private final Path path;
  private @Nullable SeekableByteChannel file;
  private @Nullable Object key;
  private long position;
  private byte[] last = new byte[0];

  private LogTail(Path path) {
    this.path = path;
  }

  /**
   * Opens a log. A log that is missing is opened by a later read. While it cannot be opened, there
   * is nothing to read.
   */
  public static LogTail open(Path path) {
    LogTail tail = new LogTail(path);
    tail.openIfPossible();
    return tail;
  }

  /** A log whose file does not exist yet; it is opened by the first read. */
  static LogTail later(Path path) {
    return new LogTail(path);
  }

  private void openIfPossible() {
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      Object found = key(path);
      file = Files.newByteChannel(path);
      key = found;
    } catch (IOException e) {
      LOG.debug("cannot open the log {}", path, e);
    }
  }

  private static @Nullable Object key(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }

  /**
   * The bytes after those that were read so far, at most this number; empty when there are none.
   */
  public byte[] next(int most) throws IOException {
    if (file == null) {
      openIfPossible();
    }
    if (file == null) {
      return new byte[0];
    }
    long size = file.size();
    if (size < position || !Arrays.equals(last, read(position - last.length, last.length))) {
      return mark(size, most);
    }
    byte[] bytes = read(position, (int) Math.min(most, size - position));
    position += bytes.length;
    if (bytes.length > 0) {
      last = Arrays.copyOfRange(bytes, Math.max(0, bytes.length - COMPARED), bytes.length);
    }
    return bytes;
  }

  private byte[] mark(long size, int most) {
    String text =
        size < position
            ? "the log file was truncated by another process after " + position
            : "the log file was overwritten by another process after " + position;
    position = 0;
    last = new byte[0];
    byte[] mark =
        ("\n" + LogMark.line(text + " bytes were read; output may be missing here"))
            .getBytes(StandardCharsets.UTF_8);
    return Arrays.copyOf(mark, Math.min(most, mark.length));
  }

  private byte[] read(long from, int length) throws IOException {
    SeekableByteChannel open = Objects.requireNonNull(file);
    ByteBuffer buffer = ByteBuffer.allocate(length);
    open.position(from);
    while (buffer.hasRemaining() && open.read(buffer) >= 0) {
      // Reads until the buffer is full, or the file ends.
    }
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  /** If the file has lost its name, restores the content under that name. */
  void restore() {
    try {
      Path copy = path.resolveSibling(path.getFileName() + ".restored");
      Path folder = copy.getParent();
      if (file != null && folder != null && !isInPlace() && Files.isDirectory(folder)) {
        Files.deleteIfExists(copy);
        AttemptFiles.write(copy, "");
        file.position(0);
        Files.copy(Channels.newInputStream(file), copy, StandardCopyOption.REPLACE_EXISTING);
        Files.move(copy, path, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      LOG.debug("cannot restore the log {}", path, e);
    }
  }

  private boolean isInPlace() throws IOException {
    try {
      return Objects.equals(key, key(path));
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  @Override
  public void close() {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      LOG.debug("cannot close the log {}", path, e);
    }
  }
}
