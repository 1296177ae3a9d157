package dev.waymark.runner.api;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The log files of attempts. There is one file for each attempt, {@code
 * EXECUTION/TASK.ATTEMPT.log}. It contains what the attempt wrote to standard output and standard
 * error, in the order of writing, byte for byte. A file grows while its attempt runs and may be
 * read at any time.
 *
 * <p>The files are on the machine that ran the attempt; the store has no record of them. Immutable
 * and thread-safe.
 *
 * @since 0.1.0
 */
public final class TaskLogs {
  private final Path directory;

  /** The logs below this directory. It need not exist yet. */
  public TaskLogs(Path directory) {
    this.directory = directory.toAbsolutePath();
  }

  /** The directory that holds all logs, as an absolute path. */
  public Path directory() {
    return directory;
  }

  /** The file for the output of an attempt. It need not exist. */
  public Path path(ExecutionId execution, TaskId task, int attempt) {
    return directory.resolve(execution.toString()).resolve(task + "." + attempt + ".log");
  }

  /**
   * Opens the output of an attempt, from its beginning to what is written at the time of reading.
   *
   * @return the bytes, which the caller closes; null when there is no log of this attempt on this
   *     machine
   * @throws IOException when the log exists but cannot be read
   */
  public @Nullable InputStream open(ExecutionId execution, TaskId task, int attempt)
      throws IOException {
    try {
      return Files.newInputStream(path(execution, task, attempt));
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /**
   * Returns the end of the output of an attempt. If the file is longer than {@code maxBytes}, the
   * text begins with the first complete line within the last {@code maxBytes} bytes. Bytes that are
   * not UTF-8 become U+FFFD.
   *
   * @param maxBytes how many bytes at the end of the file to read, at least 1
   * @return the text; null when there is no log of this attempt on this machine
   * @throws IOException when the log exists but cannot be read
   */
  public @Nullable Tail tail(ExecutionId execution, TaskId task, int attempt, int maxBytes)
      throws IOException {
    try (SeekableByteChannel file = Files.newByteChannel(path(execution, task, attempt))) {
      long skipped = Math.max(0, file.size() - maxBytes);
      // The byte before the part shows whether the part begins at the beginning of a line.
      file.position(Math.max(0, skipped - 1));
      byte[] bytes = read(file, (int) (file.size() - file.position()));
      int from = skipped == 0 ? 0 : wholeLine(bytes);
      return new Tail(
          new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8),
          Math.max(0, skipped - 1) + from);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static byte[] read(SeekableByteChannel file, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining() && file.read(buffer) >= 0) {
      // Reads until the buffer is full, or the end of a file that was truncated meanwhile.
    }
    return java.util.Arrays.copyOf(buffer.array(), buffer.position());
  }

  /**
   * The index after the first line feed. If there is none, one line is longer than the tail, and
   * the index is that of the next whole character.
   */
  private static int wholeLine(byte[] bytes) {
    for (int i = 0; i < bytes.length - 1; i++) {
      if (bytes[i] == '\n') {
        return i + 1;
      }
    }
    int from = Math.min(1, bytes.length);
    while (from < bytes.length && (bytes[from] & 0xc0) == 0x80) {
      from++;
    }
    return from;
  }

  /**
   * The end of a log.
   *
   * @param text the text
   * @param skippedBytes how many bytes of the file are before the text; 0 when it is the whole file
   */
  public record Tail(String text, long skippedBytes) {}
}
