package dev.waymark.cli.internal.output;

import dev.waymark.cli.internal.base.OutputException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Standard output: UTF-8 in every locale, buffered until {@link #flush}. Unlike {@link
 * java.io.PrintStream}, it throws errors: when the reader closes the stream, the command must end.
 * Not thread-safe.
 */
public final class Output extends Writer {
  private final OutputStream stream;
  private final StringBuilder pending = new StringBuilder();
  private boolean keepsGoing;
  private boolean gone;

  /** Writes to this stream. */
  public Output(OutputStream stream) {
    this.stream = stream;
  }

  /** From now on, a closed reader is not an error: the output is dropped. */
  public void keepGoing() {
    keepsGoing = true;
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

  /** Writes bytes unchanged. */
  public void write(byte[] bytes, int length) {
    flush();
    send(bytes, length);
  }

  @Override
  public void flush() {
    byte[] bytes = pending.toString().getBytes(StandardCharsets.UTF_8);
    pending.setLength(0);
    send(bytes, bytes.length);
  }

  private void send(byte[] bytes, int length) {
    if (gone) {
      return;
    }
    try {
      stream.write(bytes, 0, length);
      stream.flush();
    } catch (IOException e) {
      gone = isClosedPipe(e);
      if (!gone || !keepsGoing) {
        throw new OutputException(e, gone);
      }
    }
  }

  @Override
  public void close() {
    flush();
  }

  private void flushIfFull() {
    int length = pending.length();
    // A surrogate pair must not be split.
    if (length >= 1 << 16 && !Character.isHighSurrogate(pending.charAt(length - 1))) {
      flush();
    }
  }

  /**
   * The message comes from the operating system in the language of the user. If it is not English,
   * the type of standard output decides.
   */
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
