package dev.waymark.cli.internal.base;

import java.util.Map;
import java.util.function.Supplier;

/**
 * The properties of the terminal.
 *
 * @param out whether standard output is a terminal
 * @param err whether standard error is a terminal
 * @param size measures the terminal, which takes some milliseconds
 */
public record Terminal(boolean out, boolean err, Supplier<Size> size) {
  /** The default size, used where the size cannot be measured. */
  public static final Size USUAL = new Size(24, 80);

  /**
   * The size of a terminal in characters.
   *
   * @param rows its height
   * @param columns its width
   */
  public record Size(int rows, int columns) {}

  /** No stream is a terminal. */
  public static Terminal none() {
    return new Terminal(false, false, () -> USUAL);
  }

  /** Whether standard output shows colours. */
  public boolean coloursOnOut(Map<String, String> environment) {
    return out && wantsColours(environment);
  }

  /** Whether standard error shows colours. */
  public boolean coloursOnErr(Map<String, String> environment) {
    return err && wantsColours(environment);
  }

  /** Whether the display on standard error can be redrawn in place. */
  public boolean animates(Map<String, String> environment) {
    return err && !isDumb(environment);
  }

  private static boolean wantsColours(Map<String, String> environment) {
    return environment.getOrDefault("NO_COLOR", "").isEmpty() && !isDumb(environment);
  }

  private static boolean isDumb(Map<String, String> environment) {
    return "dumb".equals(environment.get("TERM"));
  }
}
