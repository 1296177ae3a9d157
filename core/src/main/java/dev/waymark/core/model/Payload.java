package dev.waymark.core.model;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.JsonText;
import dev.waymark.core.internal.Labels;
import dev.waymark.core.internal.Text;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A value that a program gives to a workflow or gets from it: bytes with a media type. A store
 * returns the bytes exactly as it got them. {@link dev.waymark.core.store.Limits} bounds their
 * number.
 *
 * <pre>{@code
 * Payload order = Payload.json("{\"order\": 7}");
 * Payload mark = Payload.of("application/octet-stream", new byte[] {7, 1});
 * }</pre>
 *
 * <p>A payload that is declared as JSON holds well-formed JSON, so every reader can rely on it.
 * Inputs and outputs of shell tasks are JSON objects: {@link #ofTexts} makes one of a map, and
 * {@link #texts} returns the map.
 *
 * <p>Two payloads are equal when their media types and bytes are. Payloads are immutable.
 *
 * @since 0.1.0
 */
public final class Payload {
  /** The media type of JSON. */
  public static final String JSON = "application/json";

  private static final int MAX_TYPE = 255;
  private static final String NAME = "[A-Za-z0-9!#$&^_.+-]{1,127}";
  private static final String PARAMETER = " ?; ?" + NAME + "=(?:" + NAME + "|\"[ !#-\\[\\]-~]*\")";
  private static final Pattern TYPE = Pattern.compile(NAME + "/" + NAME + "(?:" + PARAMETER + ")*");

  private final String mediaType;
  private final @Nullable String text;
  private final byte @Nullable [] bytes;

  /** The answer of {@link #texts}, once it was asked for. */
  private volatile @Nullable Map<String, String> texts;

  private Payload(String mediaType, @Nullable String text, byte @Nullable [] bytes) {
    this.mediaType = mediaType;
    this.text = text;
    this.bytes = bytes;
  }

  /**
   * A JSON value.
   *
   * @param text one JSON value, with any white space
   * @throws InvalidInputException when it is not well-formed
   */
  public static Payload json(String text) {
    return new Payload(JSON, JsonText.check("a JSON payload", text), null);
  }

  /**
   * A JSON object of names and values, ordered by name.
   *
   * @throws InvalidInputException when a name or value is not well-formed text
   */
  public static Payload ofTexts(Map<String, String> texts) {
    texts.forEach(
        (name, value) -> {
          Text.wellFormed("a name in a payload", name);
          Text.wellFormed("value " + Text.quote(name) + " of a payload", value);
        });
    Map<String, String> sorted = Collections.unmodifiableMap(new TreeMap<>(texts));
    Payload payload = new Payload(JSON, JsonText.write(sorted), null);
    payload.texts = sorted;
    return payload;
  }

  /**
   * The input of an execution that a map of names and values is. A shell task gets each of them as
   * an environment variable.
   *
   * @return {@link #ofTexts} of the map, or null when the map is empty
   * @throws InvalidInputException when a name is not 1 to 63 letters, digits, '_' or '-' that begin
   *     with a letter or '_', or a value is not well-formed text
   */
  public static @Nullable Payload ofInputs(Map<String, String> inputs) {
    return inputs.isEmpty() ? null : ofTexts(Labels.inputs(inputs));
  }

  /**
   * Bytes of any media type. When it is {@code application/json} or ends in {@code +json}, the
   * bytes must be one JSON value in UTF-8.
   *
   * @param mediaType type, subtype and parameters as in RFC 9110, section 8.3.1
   * @param bytes the content; a copy is kept
   * @throws InvalidInputException when the media type is not valid, or the JSON is not well-formed
   */
  public static Payload of(String mediaType, byte[] bytes) {
    if (mediaType.length() > MAX_TYPE) {
      throw new InvalidInputException(
          "media type "
              + Text.quote(mediaType)
              + " has "
              + mediaType.length()
              + " characters; use at most "
              + MAX_TYPE);
    }
    Text.matching(
        "media type", mediaType, TYPE, "use a type and a subtype, such as application/json");
    if (!isJson(mediaType)) {
      return new Payload(mediaType, null, bytes.clone());
    }
    String text = JsonText.check("a payload of type " + mediaType, decoded(mediaType, bytes));
    return mediaType.equals(JSON)
        ? new Payload(JSON, text, null)
        : new Payload(mediaType, null, bytes.clone());
  }

  /** Whether this media type is JSON: {@code application/json}, or one that ends in +json. */
  public static boolean isJson(String mediaType) {
    String type = mediaType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    return type.equals(JSON) || type.endsWith("+json");
  }

  private static String decoded(String mediaType, byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new InvalidInputException(
          "a payload of type "
              + mediaType
              + " is not UTF-8; encode JSON in UTF-8, or declare another media type");
    }
  }

  /** The media type. */
  public String mediaType() {
    return mediaType;
  }

  /** Whether this is JSON: {@code application/json}, or a type that ends in {@code +json}. */
  public boolean isJson() {
    return text != null || isJson(mediaType);
  }

  /** A copy of the bytes. */
  public byte[] bytes() {
    return text != null ? Text.utf8(text) : content().clone();
  }

  /** The number of bytes. */
  public int size() {
    return text != null ? Text.utf8Bytes(text) : content().length;
  }

  /** The bytes as UTF-8. A byte sequence that is not UTF-8 becomes U+FFFD. */
  public String text() {
    return text != null ? text : new String(content(), StandardCharsets.UTF_8);
  }

  private byte[] content() {
    return Objects.requireNonNull(bytes);
  }

  /**
   * The entries of a JSON object, ordered by name: strings as they are, and every other value as
   * its JSON text. Empty for everything that is not a JSON object. This is how a shell task sees
   * inputs and outputs.
   *
   * @return an unmodifiable map
   */
  public Map<String, String> texts() {
    Map<String, String> known = texts;
    if (known == null) {
      known =
          isJson() ? Collections.unmodifiableMap(new TreeMap<>(JsonText.texts(text()))) : Map.of();
      texts = known;
    }
    return known;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Payload payload
        && mediaType.equals(payload.mediaType)
        && Objects.equals(text, payload.text)
        && Arrays.equals(bytes, payload.bytes);
  }

  @Override
  public int hashCode() {
    return Objects.hash(mediaType, text, Arrays.hashCode(bytes));
  }

  /** Media type and size; the content may be secret. */
  @Override
  public String toString() {
    return mediaType + ", " + size() + " bytes";
  }
}
