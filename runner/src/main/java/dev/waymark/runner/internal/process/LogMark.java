package dev.waymark.runner.internal.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lines that Waymark itself adds to the log of an attempt. */
public final class LogMark {
  private static final Logger LOG = LoggerFactory.getLogger(LogMark.class);

  private LogMark() {}

  /** A mark as a line of its own. */
  public static String line(String text) {
    return "[waymark] " + text + "\n";
  }

  /** Adds a mark at the end of a log file. If the log cannot be written, the mark is not added. */
  static void append(Path log, String text) {
    try {
      String mark = (endsWithinLine(log) ? "\n" : "") + line(text);
      Files.writeString(log, mark, StandardOpenOption.APPEND);
    } catch (IOException e) {
      LOG.debug("cannot add a mark to the log {}: {}", log, text, e);
    }
  }

  private static boolean endsWithinLine(Path log) throws IOException {
    try (FileChannel file = FileChannel.open(log, StandardOpenOption.READ)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      return file.size() > 0 && file.read(last, file.size() - 1) == 1 && last.get(0) != '\n';
    }
  }
}
