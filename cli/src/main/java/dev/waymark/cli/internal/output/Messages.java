package dev.waymark.cli.internal.output;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

/**
 * Standard error: messages and progress, in UTF-8 and unbuffered. The command continues if the
 * reader has closed the stream. Thread-safe.
 */
public final class Messages {
  private final OutputStream stream;

  /** Writes to this stream. */
  public Messages(OutputStream stream) {
    this.stream = stream;
  }

  /** Prints a message to the user, as {@code waymark: …}. */
  public void say(String message) {
    raw("waymark: " + Printable.block(message) + "\n");
  }

  /** Prints one or more lines; control characters of a terminal are escaped. */
  public void note(String lines) {
    raw(Printable.block(lines) + "\n");
  }

  /** Prints the stack trace of an error. */
  public void stackTrace(Throwable error) {
    StringWriter trace = new StringWriter();
    error.printStackTrace(new PrintWriter(trace, true));
    raw(Printable.block(trace.toString()));
  }

  /** Prints text that can contain control sequences of the terminal. */
  public synchronized void raw(String text) {
    try {
      stream.write(text.getBytes(StandardCharsets.UTF_8));
      stream.flush();
    } catch (IOException e) {
      // There is no stream left to report it on.
    }
  }
}
