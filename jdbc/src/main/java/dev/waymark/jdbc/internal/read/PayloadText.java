package dev.waymark.jdbc.internal.read;

import dev.waymark.core.internal.Text;
import dev.waymark.core.internal.read.Previews;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadPreview;
import dev.waymark.core.model.PayloadRef;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Payloads as they are kept in a column of text, where an operator can read them: JSON as it is,
 * everything else as a data URL (RFC 2397), which is never JSON. Earlier versions wrote an empty
 * object where there was no payload, so an empty object is kept as a data URL, too.
 */
public final class PayloadText {
  private static final String NONE = "{}";
  private static final String SCHEME = "data:";
  private static final String ENCODING = ";base64,";
  private static final int LONGEST_TYPE = 255;

  /** Without padding, so that its length tells the number of bytes. */
  private static final Base64.Encoder ENCODER = Base64.getEncoder().withoutPadding();

  private PayloadText() {}

  /** The text of a payload, or of none. */
  public static String write(@Nullable Payload payload) {
    if (payload == null) {
      return NONE;
    }
    boolean isPlain = payload.mediaType().equals(Payload.JSON) && !payload.text().equals(NONE);
    return isPlain
        ? payload.text()
        : SCHEME + payload.mediaType() + ENCODING + ENCODER.encodeToString(payload.bytes());
  }

  /**
   * The payload of a text that {@link #write} made.
   *
   * @throws RuntimeException when it is none
   */
  static @Nullable Payload read(String text) {
    if (text.equals(NONE)) {
      return null;
    }
    if (!text.startsWith(SCHEME)) {
      return Payload.json(text);
    }
    int end = headerEnd(text);
    return Payload.of(mediaType(text, end), Base64.getDecoder().decode(text.substring(end)));
  }

  /** How many characters of a text are needed for a preview of this many bytes. */
  static int charsFor(int maxBytes) {
    int header = SCHEME.length() + LONGEST_TYPE + ENCODING.length();
    return (int) Math.min(Integer.MAX_VALUE, header + 4L + 4L * maxBytes / 3);
  }

  /**
   * The preview of a payload.
   *
   * @param length the number of bytes of its text
   * @param prefix the first {@link #charsFor} characters of its text
   */
  static PayloadPreview preview(PayloadRef ref, long length, String prefix, int maxBytes) {
    if (!prefix.startsWith(SCHEME)) {
      byte[] start = Previews.start(Text.utf8(prefix), maxBytes, true);
      return new PayloadPreview(ref, Payload.JSON, length, start);
    }
    int end = headerEnd(prefix);
    String mediaType = mediaType(prefix, end);
    // Four characters are three bytes; fewer at the end are the last one or two bytes.
    int usable =
        prefix.length() == length ? prefix.length() : end + (prefix.length() - end) / 4 * 4;
    byte[] bytes = Base64.getDecoder().decode(prefix.substring(end, usable));
    byte[] start = Previews.start(bytes, maxBytes, Payload.isJson(mediaType));
    return new PayloadPreview(ref, mediaType, (length - end) * 3 / 4, start);
  }

  private static int headerEnd(String text) {
    int encoding = text.lastIndexOf(ENCODING);
    if (encoding < 0) {
      throw new IllegalArgumentException("the text is neither JSON nor a data URL");
    }
    return encoding + ENCODING.length();
  }

  private static String mediaType(String text, int headerEnd) {
    return text.substring(SCHEME.length(), headerEnd - ENCODING.length());
  }
}
