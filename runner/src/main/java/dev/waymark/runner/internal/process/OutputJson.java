package dev.waymark.runner.internal.process;

import dev.waymark.core.internal.Text;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Parses outputs that are written as JSON. Separate from {@link OutputText}, so that the JSON
 * parser is not loaded for tasks that write no JSON.
 */
final class OutputJson {
  private static final JsonFactory JSON = new JsonFactory();

  private OutputJson() {}

  /**
   * Adds the members of an object to the outputs. Numbers keep their written form.
   *
   * @throws dev.waymark.core.error.InvalidInputException when the line is not exactly one object of
   *     strings, numbers and booleans
   */
  static void read(String line, int number, Map<String, String> outputs) {
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), line)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = OutputText.name(number, json.currentName());
        outputs.put(name, value(json, number, name));
      }
      if (json.nextToken() != null) {
        throw OutputText.refused(
            number, "has text after its JSON object", "write each object on a line of its own");
      }
    } catch (JacksonException e) {
      throw OutputText.refused(
          number,
          "is malformed JSON near character " + e.getLocation().getColumnNr(),
          "write a whole object, such as {\"rows\": 42}, on one line");
    }
  }

  private static String value(JsonParser json, int number, String name) {
    JsonToken token = json.nextToken();
    if (!token.isScalarValue() || token == JsonToken.VALUE_NULL) {
      throw OutputText.refused(
          number,
          "has " + describe(token) + " for the value of " + Text.quote(name),
          "a value must be a string, a number or a boolean; put anything else in a string");
    }
    String what = "line " + number + " of the outputs: the value of " + Text.quote(name);
    return Text.wellFormed(what, json.getString());
  }

  private static String describe(JsonToken token) {
    return switch (token) {
      case START_ARRAY -> "a list";
      case START_OBJECT -> "an object";
      default -> "null";
    };
  }
}
