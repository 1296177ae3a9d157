package dev.waymark.cli.internal.output;

/**
 * Makes text safe to print: text from a workflow, a task or a file name must not control the
 * terminal of the user. Control characters, and characters that change the direction of text, are
 * printed as escapes.
 */
public final class Printable {
  private static final String HEX = "0123456789abcdef";

  private Printable() {}

  /** Returns the text on one line: line feeds and tabs become spaces. */
  public static String line(String text) {
    return safe(text, false);
  }

  /** Returns the text with its line feeds and tabs. */
  public static String block(String text) {
    return safe(text, true);
  }

  /** Returns the first line of the text that is not blank. */
  public static String firstLine(String text) {
    String stripped = text.strip();
    int end = stripped.indexOf('\n');
    return line(end < 0 ? stripped : stripped.substring(0, end).stripTrailing());
  }

  private static String safe(String text, boolean keepLines) {
    int i = 0;
    while (i < text.length() && isPlain(text.charAt(i))) {
      i++;
    }
    return i == text.length() ? text : escape(text, i, keepLines);
  }

  private static String escape(String text, int from, boolean keepLines) {
    StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, from);
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isPlain(c)) {
        out.append(c);
      } else if (c == '\n' || c == '\t') {
        out.append(keepLines ? c : ' ');
      } else if (c != '\r' || !followedByLineFeed(text, i)) {
        appendEscape(out, c);
      }
    }
    return out.toString();
  }

  private static boolean followedByLineFeed(String text, int i) {
    return i + 1 < text.length() && text.charAt(i + 1) == '\n';
  }

  private static void appendEscape(StringBuilder out, char c) {
    out.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) {
      out.append(HEX.charAt(c >> shift & 0xf));
    }
  }

  /** Whether a terminal shows the character without any other effect. */
  static boolean isPlain(char c) {
    return (c >= 0x20 && c < 0x7f) || (c >= 0xa0 && !turnsText(c) && !isSeparator(c));
  }

  private static boolean turnsText(char c) {
    return c == '\u061c'
        || c == '\u200e'
        || c == '\u200f'
        || (c >= '\u202a' && c <= '\u202e')
        || (c >= '\u2066' && c <= '\u2069');
  }

  private static boolean isSeparator(char c) {
    return c == '\u2028' || c == '\u2029' || c == '\ufeff';
  }
}
