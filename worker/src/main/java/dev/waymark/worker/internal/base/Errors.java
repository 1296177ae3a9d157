package dev.waymark.worker.internal.base;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Keeps error texts within the limits of the store. */
public final class Errors {
  private static final String MORE = "...";
  private static final int REPLACEMENT = 0xfffd;

  private Errors() {}

  /** An error with its stack trace, for a log. */
  public static String stackTrace(Throwable error) {
    StringWriter text = new StringWriter();
    error.printStackTrace(new PrintWriter(text));
    return text.toString().stripTrailing();
  }

  /**
   * Returns the error, cut to the limit at a character boundary. Characters that the store does not
   * accept, which may be in the message of an exception, are replaced.
   */
  public static @Nullable String cut(@Nullable String error, int maxBytes) {
    return error == null ? null : cutText(wellFormed(error), maxBytes);
  }

  private static String wellFormed(String error) {
    StringBuilder text = new StringBuilder(error.length());
    error
        .codePoints()
        .forEach(
            c -> {
              boolean lone = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
              text.appendCodePoint(c == 0 || lone ? REPLACEMENT : c);
            });
    return text.toString();
  }

  private static String cutText(String error, int maxBytes) {
    if (error.getBytes(StandardCharsets.UTF_8).length <= maxBytes) {
      return error;
    }
    String more = MORE.length() < maxBytes ? MORE : "";
    int left = maxBytes - more.length();
    int end = 0;
    while (end < error.length()) {
      int next = error.offsetByCodePoints(end, 1);
      left -= error.substring(end, next).getBytes(StandardCharsets.UTF_8).length;
      if (left < 0) {
        break;
      }
      end = next;
    }
    return error.substring(0, end) + more;
  }
}
