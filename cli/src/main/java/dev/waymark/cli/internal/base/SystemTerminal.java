package dev.waymark.cli.internal.base;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The terminal of this process. Java does not say which of its streams are terminals, so the
 * launcher does, in the property {@code waymark.terminal}: it holds the numbers of those that are.
 */
public final class SystemTerminal implements Supplier<Terminal.Size> {
  private static final String PROPERTY = "waymark.terminal";
  private static final int MEASURE_SECONDS = 1;

  private SystemTerminal() {}

  /** What is known of it. */
  public static Terminal find() {
    // Without the launcher nothing is known, and plain output is always right.
    String streams = System.getProperty(PROPERTY, "");
    return new Terminal(streams.indexOf('1') >= 0, streams.indexOf('2') >= 0, new SystemTerminal());
  }

  /** Asks {@code stty}. */
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

  /** Reads what {@code stty size} prints: rows and columns. */
  static Terminal.Size parse(String answer) {
    String[] numbers = answer.split(" ", -1);
    try {
      int rows = Integer.parseInt(numbers[0]);
      int columns = numbers.length == 2 ? Integer.parseInt(numbers[1]) : 0;
      // Some terminals say 0 for what they do not know.
      return rows < 2 || columns < 10 ? Terminal.USUAL : new Terminal.Size(rows, columns);
    } catch (NumberFormatException e) {
      return Terminal.USUAL;
    }
  }
}
