package dev.waymark.cli.internal.base;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The terminal of this process. Java cannot tell which of its streams are terminals. The launcher
 * passes this in the property {@code waymark.terminal}, which holds the numbers of the streams that
 * are terminals.
 */
public final class SystemTerminal implements Supplier<Terminal.Size> {
  private static final String PROPERTY = "waymark.terminal";
  private static final int MEASURE_SECONDS = 1;

  private SystemTerminal() {}

  /** Returns the properties of the terminal. */
  public static Terminal find() {
    // Without the launcher nothing is known; plain output is always correct.
    String streams = System.getProperty(PROPERTY, "");
    return new Terminal(streams.indexOf('1') >= 0, streams.indexOf('2') >= 0, new SystemTerminal());
  }

  /** Runs {@code stty size}. */
  @Override
  public Terminal.Size get() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String answer =
          new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
      if (!stty.waitFor(MEASURE_SECONDS, TimeUnit.SECONDS)) {
        stty.destroyForcibly();
      }
      return parse(answer);
    } catch (IOException e) {
      return Terminal.USUAL;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Terminal.USUAL;
    }
  }

  /** Parses the output of {@code stty size}: rows and columns. */
  static Terminal.Size parse(String answer) {
    String[] numbers = answer.split(" ", -1);
    try {
      int rows = Integer.parseInt(numbers[0]);
      int columns = numbers.length == 2 ? Integer.parseInt(numbers[1]) : 0;
      // Some terminals report 0 for an unknown size.
      return rows < 2 || columns < 10 ? Terminal.USUAL : new Terminal.Size(rows, columns);
    } catch (NumberFormatException e) {
      return Terminal.USUAL;
    }
  }
}
