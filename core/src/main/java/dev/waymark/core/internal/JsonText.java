package dev.waymark.core.internal;

import dev.waymark.core.error.InvalidInputException;
import java.io.StringWriter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/** JSON as a store keeps it: text that is checked, and maps of text to text. */
public final class JsonText {
  /** Levels of arrays and objects in one another. Readers of JSON commonly have this limit. */
  private static final int MAX_DEPTH = 500;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          // Names come from users. A table of them would only grow.
          .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private static final String EMPTY = "{}";

  private JsonText() {}

  /**
   * Returns {@code text} unchanged when it is one well-formed JSON value (RFC 8259).
   *
   * @throws InvalidInputException when it is not, or when it is nested more than 500 levels deep
   */
  public static String check(String what, String text) {
    Text.wellFormed(what, text);
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text)) {
      if (json.nextToken() == null) {
        throw new InvalidInputException(what + " is empty; JSON text has exactly one value");
      }
      json.skipChildren();
      if (json.nextToken() != null) {
        throw new InvalidInputException(
            what
                + " has more than one JSON value: the second begins"
                + place(json.currentTokenLocation())
                + "; send one value");
      }
      return text;
    } catch (JacksonException e) {
      throw new InvalidInputException(
          what
              + " is not well-formed JSON"
              + place(e.getLocation())
              + ": "
              + e.getOriginalMessage()
              + "; correct it, or declare another media type");
    }
  }

  private static String place(@Nullable TokenStreamLocation at) {
    return at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
  }

  /** The JSON object with the entries of a map, in its order. */
  public static String write(Map<String, String> map) {
    if (map.isEmpty()) {
      return EMPTY;
    }
    StringWriter out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      map.forEach(json::writeStringProperty);
      json.writeEndObject();
    }
    return out.toString();
  }

  /**
   * The map of a text that {@link #write} made.
   *
   * @throws RuntimeException when it is none
   */
  public static Map<String, String> read(String text) {
    if (text.equals(EMPTY)) {
      return Map.of();
    }
    Map<String, String> map = strings(text);
    if (map == null) {
      throw new IllegalArgumentException("the text is not a JSON object with string values");
    }
    return map;
  }

  /**
   * The entries of a JSON object whose values are all strings, in the order of the text, or null
   * for any other JSON value.
   */
  public static @Nullable Map<String, String> strings(String text) {
    Map<String, String> map = new LinkedHashMap<>();
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = json.currentName();
        if (json.nextToken() != JsonToken.VALUE_STRING) {
          return null;
        }
        map.put(name, json.getString());
      }
      if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
        return null;
      }
    }
    return Collections.unmodifiableMap(map);
  }

  /**
   * The entries of a JSON object: strings as they are, and every other value as its JSON text.
   * Empty for any other JSON value. When a name occurs twice, the last value counts.
   */
  public static Map<String, String> texts(String text) {
    Map<String, String> map = new LinkedHashMap<>();
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return Map.of();
      }
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = json.currentName();
        JsonToken token = json.nextToken();
        if (token.isScalarValue()) {
          map.put(name, json.getString());
        } else {
          int begin = (int) json.currentTokenLocation().getCharOffset();
          json.skipChildren();
          map.put(name, text.substring(begin, (int) json.currentLocation().getCharOffset()));
        }
      }
    }
    return Collections.unmodifiableMap(map);
  }
}
