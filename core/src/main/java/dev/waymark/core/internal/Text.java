package dev.waymark.core.internal;

import dev.waymark.core.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The one place where strings are checked at the boundary.
 *
 * <p>SQLite silently stores a lone surrogate as {@code ?} and accepts NUL; PostgreSQL refuses both.
 * A string that passes here comes back byte for byte from either.
 */
public final class Text {
  private static final int SHOWN = 40;

  private Text() {}

  /**
   * Returns {@code value} unchanged when every backend can keep it as it is.
   *
   * @throws InvalidInputException when it holds NUL or a surrogate without its partner
   */
  public static String wellFormed(String what, String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == 0) {
        throw new InvalidInputException(
            what
                + " has a NUL character at position "
                + i
                + "; remove it, text may hold any character but U+0000");
      }
      if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c)
            || i + 1 == value.length()
            || !Character.isLowSurrogate(value.charAt(i + 1))) {
          throw new InvalidInputException(
              String.format(
                  Locale.ROOT,
                  "%s has a lone surrogate (U+%04X) at position %d; text must be well-formed"
                      + " Unicode",
                  what,
                  (int) c,
                  i));
        }
        i++;
      }
    }
    return value;
  }

  /**
   * Returns {@code value} when the whole of it matches {@code pattern}. Otherwise throws an error
   * in which {@code allowed} describes the valid values.
   */
  public static String matching(String what, String value, Pattern pattern, String allowed) {
    if (!pattern.matcher(value).matches()) {
      throw new InvalidInputException(what + " " + quote(value) + " is not valid; " + allowed);
    }
    return value;
  }

  /** Number of bytes of {@code value} in UTF-8. */
  public static int utf8Bytes(String value) {
    int bytes = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < 0x80) {
        bytes++;
      } else if (c < 0x800 || Character.isSurrogate(c)) {
        bytes += 2;
      } else {
        bytes += 3;
      }
    }
    return bytes;
  }

  /** The UTF-8 bytes of a string that has passed {@link #wellFormed}. */
  public static byte[] utf8(String value) {
    return value.getBytes(StandardCharsets.UTF_8);
  }

  /** The text, cut off behind the scheme of a URL if that URL names a user in front of the host. */
  public static String withoutUrl(String text) {
    int slashes = text.indexOf("://");
    return slashes >= 0 && text.indexOf('@', slashes) > 0
        ? text.substring(0, slashes + 3) + "…"
        : text;
  }

  /**
   * The value in double quotes, with control characters escaped, cut to a length that fits a
   * message. A URL that names a user may contain a password, so only its scheme is shown.
   */
  public static String quote(String text) {
    String value = withoutUrl(text);
    StringBuilder out = new StringBuilder("\"");
    int end = Math.min(value.length(), SHOWN);
    for (int i = 0; i < end; i++) {
      char c = value.charAt(i);
      if (c < 0x20 || c == 0x7f || Character.isSurrogate(c)) {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append(value.length() > SHOWN ? "…\"" : "\"").toString();
  }
}
