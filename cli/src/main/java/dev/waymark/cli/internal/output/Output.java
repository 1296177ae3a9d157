package dev.waymark.cli.internal.output;

import dev.waymark.cli.internal.OutputException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Standard output: UTF-8 whatever the locale, buffered until {@link #flush}. Unlike a {@link java.io.PrintStream} it does not swallow errors: once its reader is gone, the command should end.
 * Not thread-safe.
 */
public final class Output extends Writer {
  private final OutputStream stream;
  private final StringBuilder pending = new StringBuilder();

  /** Writes to this stream. */
  public Output(OutputStream stream) {
    this.stream = stream;
  }

  /** Writes a line. */
  public void println(String line) {
    pending.append(line).append('\n');
    flushIfFull();
  }

  @Override
  public void write(char[] chars, int offset, int length) {
    pending.append(chars, offset, length);
    flushIfFull();
  }

  @Override
  public void write(String text, int offset, int length) {
    pending.append(text, offset, offset + length);
    flushIfFull();
  }

  /** Writes bytes as they are. */
  public void write(byte[] bytes, int length) {
    flush();
    try {
      stream.write(bytes, 0, length);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  public void flush() {
    try {
      if (pending.length() > 0) {
        byte[] bytes = pending.toString().getBytes(StandardCharsets.UTF_8);
        pending.setLength(0);
        stream.write(bytes);
      }
      stream.flush();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  public void close() {
    flush();
  }

  private void flushIfFull() {
    int length = pending.length();
    // A surrogate pair must not be cut in two.
    if (length >= 1 << 16 && !Character.isHighSurrogate(pending.charAt(length - 1))) {
      flush();
    }
  }

  private static OutputException failure(IOException e) {
    return new OutputException(e, isClosedPipe(e));
  }

  /** The message is that of the operating system in the user's language, so where it is another one, what standard output is decides. */
  private static boolean isClosedPipe(IOException e) {
    String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    if (message.contains("broken pipe") || message.contains("connection reset")) {
      return true;
    }
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
      return target.startsWith("pipe:") || target.startsWith("socket:");
    } catch (IOException | UnsupportedOperationException unknown) {
      return false;
    }
  }
}
