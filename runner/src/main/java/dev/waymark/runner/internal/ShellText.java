package dev.waymark.runner.internal;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;

/**
 * Gets text to the shell byte for byte.
 *
 * <p>Java hands arguments and environment to a process in the encoding of the locale, and where the
 * locale is the plain C one (as in most containers) every letter outside ASCII silently becomes a
 * question mark. There such text travels as {@code printf} escapes and the shell turns it back into
 * UTF-8.
 */
final class ShellText {
  private static final String PLAIN =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _.,/:=+";

  private ShellText() {}

  /** Whether Java's own way keeps this text on this system. */
  static boolean isSafe(String text, Charset platform) {
    return platform.equals(StandardCharsets.UTF_8) || text.chars().allMatch(c -> c < 0x80);
  }

  /**
   * The encoding in which this Java hands text to a process; UTF-8 only when all that can have a
   * say in it agree.
   */
  static Charset platform() {
    String locale = Objects.requireNonNullElse(System.getProperty("sun.jnu.encoding"), "UTF-8");
    boolean utf8 = locale.toLowerCase(Locale.ROOT).matches("utf-?8");
    return utf8 && Charset.defaultCharset().equals(StandardCharsets.UTF_8)
        ? StandardCharsets.UTF_8
        : StandardCharsets.US_ASCII;
  }

  /** A line of ASCII for the shell that sets a variable to this text. */
  static String assign(String name, String value) {
    StringBuilder out = new StringBuilder(name).append("=$(printf '");
    for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
      if (PLAIN.indexOf(b) >= 0) {
        out.append((char) b);
      } else {
        out.append(String.format(Locale.ROOT, "\\%03o", b & 0xff));
      }
    }
    // $(…) drops line feeds at the end; the full stop keeps them and is then taken away.
    return out.append(".')\n").append(name).append("=${").append(name).append("%.}\n").toString();
  }
}
