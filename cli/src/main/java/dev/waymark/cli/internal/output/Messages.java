package dev.waymark.cli.internal.output;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

/**
 * Standard error: messages and progress, in UTF-8 and at once. A reader that has gone does not
 * disturb the command. Thread-safe.
 */
public final class Messages {
  private final OutputStream stream;

  /** Writes to this stream. */
  public Messages(OutputStream stream) {
    this.stream = stream;
  }

  /** Says what the user should know, as {@code waymark: …}. */
  public void say(String message) {
    raw("waymark: " + Printable.block(message) + "\n");
  }

  /** Prints one or more lines as they are, but for what a terminal must not be told. */
  public void note(String lines) {
    raw(Printable.block(lines) + "\n");
  }

  /** Prints the stack trace of an error. */
  public void stackTrace(Throwable error) {
    StringWriter trace = new StringWriter();
    error.printStackTrace(new PrintWriter(trace, true));
    raw(Printable.block(trace.toString()));
  }

  /** Prints text that may steer the terminal. */
  public synchronized void raw(String text) {
    try {
      stream.write(text.getBytes(StandardCharsets.UTF_8));
      stream.flush();
    } catch (IOException e) {
      // There is nowhere left to say it.
    }
  }
}
