package dev.waymark.jdbc.internal.read;

import java.io.StringWriter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Maps of text to text as they are kept in a column: a JSON object, in the order of the map. */
public final class TextMaps {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String EMPTY = "{}";

  private TextMaps() {}

  /** The text of a map. */
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

  private static void expect(boolean isSo) {
    if (!isSo) {
      throw new IllegalArgumentException("the text is not a JSON object with string values");
    }
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
    Map<String, String> map = new LinkedHashMap<>();
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text)) {
      expect(json.nextToken() == JsonToken.START_OBJECT);
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = json.currentName();
        expect(json.nextToken() == JsonToken.VALUE_STRING);
        map.put(name, json.getString());
      }
      expect(json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null);
    }
    return Collections.unmodifiableMap(map);
  }
}
