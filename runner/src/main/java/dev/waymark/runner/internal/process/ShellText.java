package dev.waymark.runner.internal.process;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;

/**
 * Passes the values of variables to the shell byte for byte.
 *
 * <p>Java passes arguments and environment to a process in the encoding of the locale. If that is
 * the plain C locale (as in most containers), every character outside ASCII silently becomes a
 * question mark. In that case the shell reads such values from a file in UTF-8.
 */
final class ShellText {
  private ShellText() {}

  /** Whether Java passes this text unchanged on this system. */
  static boolean isSafe(String text, Charset platform) {
    return platform.equals(StandardCharsets.UTF_8) || text.chars().allMatch(c -> c < 0x80);
  }

  /**
   * The encoding in which this Java passes text to a process; UTF-8 only when both settings that
   * affect it agree.
   */
  static Charset platform() {
    String locale = Objects.requireNonNullElse(System.getProperty("sun.jnu.encoding"), "UTF-8");
    boolean utf8 = locale.toLowerCase(Locale.ROOT).matches("utf-?8");
    return utf8 && Charset.defaultCharset().equals(StandardCharsets.UTF_8)
        ? StandardCharsets.UTF_8
        : StandardCharsets.US_ASCII;
  }

  /** A line for the shell that sets a variable to this text. */
  static String assign(String name, String value) {
    return name + "='" + value.replace("'", "'\\''") + "'\n";
  }
}
