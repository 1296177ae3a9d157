package dev.waymark.runner.file.internal;

import dev.waymark.core.internal.Text;
import dev.waymark.runner.definition.DefinitionLimits;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The first check of a file: it must be text, within the size limit, and contain only characters
 * that YAML allows.
 */
public final class SourceText {
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private SourceText() {}

  /** Decodes a file. Returns an empty text, and adds a fatal problem, when it is not text. */
  public static String decode(byte[] content, DefinitionLimits limits, Problems problems) {
    if (content.length > limits.maxFileBytes()) {
      return tooLarge(content.length, limits, problems);
    }
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(content);
    CharBuffer out = CharBuffer.allocate(content.length);
    CoderResult result = decoder.decode(in, out, true);
    String text = out.flip().toString();
    if (result.isError()) {
      return notUtf8(content, in.position(), text, problems);
    }
    return characters(text, problems);
  }

  /**
   * Returns the text unchanged. Returns an empty text, and adds a fatal problem, when it is not
   * valid in a file.
   */
  public static String check(String text, DefinitionLimits limits, Problems problems) {
    // A text has at least as many bytes as characters, so the bytes of a huge text are not counted.
    long bytes = text.length() > limits.maxFileBytes() ? text.length() : Text.utf8Bytes(text);
    return bytes > limits.maxFileBytes()
        ? tooLarge(bytes, limits, problems)
        : characters(text, problems);
  }

  /** The text without a byte order mark at its beginning. */
  static String withoutMark(String text) {
    return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
  }

  private static String tooLarge(long bytes, DefinitionLimits limits, Problems problems) {
    String message =
        "the file has " + bytes + " bytes; the limit maxFileBytes is " + limits.maxFileBytes();
    problems.addFatal(
        Position.START, message, "split the workflow, or move long scripts to files of their own");
    return "";
  }

  private static String notUtf8(byte[] content, int offset, String before, Problems problems) {
    Position at = end(withoutMark(before));
    int found = content[offset] & 0xff;
    boolean utf16 =
        offset == 0
            && content.length > 1
            && (found == 0xff || found == 0xfe)
            && (found + (content[1] & 0xff)) == 0x1fd;
    String message =
        String.format(Locale.ROOT, "invalid UTF-8: byte 0x%02x at offset %d", found, offset);
    problems.addFatal(
        at,
        message,
        utf16 ? "this looks like UTF-16; save the file as UTF-8" : "save the file as UTF-8");
    return "";
  }

  private static String characters(String text, Problems problems) {
    String visible = withoutMark(text);
    int bad = 0;
    while (bad < visible.length() && isAllowed(visible.codePointAt(bad))) {
      bad += Character.charCount(visible.codePointAt(bad));
    }
    if (bad == visible.length()) {
      return text;
    }
    problems.addFatal(end(visible.substring(0, bad)), refused(visible.codePointAt(bad)), null);
    return "";
  }

  private static String refused(int character) {
    if (character == 0) {
      return "a NUL character (U+0000) is not allowed";
    }
    boolean surrogate =
        character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
    return String.format(
        Locale.ROOT,
        surrogate
            ? "a lone surrogate (U+%04X) is not allowed"
            : "the control character U+%04X is not allowed",
        character);
  }

  /** The printable characters of YAML 1.2, section 5.1. */
  private static boolean isAllowed(int c) {
    if (c < 0x20) {
      return c == '\t' || c == '\n' || c == '\r';
    }
    return c < 0x7f
        || c == 0x85
        || (c >= 0xa0 && c < 0xd800)
        || (c >= 0xe000 && c != 0xfffe && c != 0xffff);
  }

  /** The position after the end of a text. */
  private static Position end(String text) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      char c = text.charAt(i);
      boolean newLine = c == '\n' || (c == '\r' && !text.startsWith("\n", i + 1));
      line += newLine ? 1 : 0;
      column = newLine ? 1 : column + 1;
    }
    return new Position(line, column);
  }
}
