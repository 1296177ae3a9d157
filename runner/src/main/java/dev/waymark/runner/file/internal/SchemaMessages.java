package dev.waymark.runner.file.internal;

import dev.harrel.jsonschema.Error;
import dev.waymark.core.internal.Text;
import dev.waymark.runner.internal.base.Suggestions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Converts the errors of the validator to problems that a user understands, with a position instead
 * of a JSON pointer, and with our own message for each keyword. The allowed values are read from
 * the schema. So the schema is the one place that defines them, for this check and for editors
 * ({@code patternErrorMessage} is for editors).
 *
 * <p>A missing key is reported only when all errors are known. If an unknown key is probably a
 * misspelling of it, only the unknown key is reported.
 */
final class SchemaMessages {
  private final YamlNode schema;
  private final YamlNode root;
  private final Problems problems;
  private final List<Missing> missing = new ArrayList<>();
  private final Set<String> meant = new HashSet<>();
  private final Set<String> namesChecked = new HashSet<>();

  /**
   * Keys of which one is required. A probable misspelling of any of them suppresses the problem.
   */
  private record Missing(
      String pointer, Set<String> keys, Position at, String message, @Nullable String hint) {}

  SchemaMessages(YamlNode schema, YamlNode root, Problems problems) {
    this.schema = schema;
    this.root = root;
    this.problems = problems;
  }

  void accept(Error error) {
    String path = error.getEvaluationPath();
    if (path.contains("/oneOf/")) {
      return; // The oneOf itself is reported, once and in full.
    }
    KeyPath place = KeyPath.find(root, error.getInstanceLocation());
    if (path.contains("/propertyNames")) {
      names(error, place);
    } else if (path.endsWith("/additionalProperties")) {
      unknownKey(error, place);
    } else {
      keyword(error, place);
    }
  }

  private void keyword(Error error, KeyPath place) {
    YamlMap rules = rules(error);
    switch (String.valueOf(error.getKeyword())) {
      case "type" -> type(place, rules);
      case "pattern" -> pattern(place, rules);
      case "minimum", "maximum" -> range(place, rules);
      case "minProperties" -> empty(place);
      case "required" -> required(place, rules);
      case "oneOf" -> runOrUses(place);
      case "dependentRequired" -> dependent(place, rules);
      default ->
          problems.add(place.position(), place.name() + " is not valid: " + error.getError(), null);
    }
  }

  /** Reports the missing keys for which there is no probable misspelling. */
  void finish() {
    for (Missing one : missing) {
      if (one.keys().stream().noneMatch(key -> meant.contains(one.pointer() + "\n" + key))) {
        problems.add(one.at(), one.message(), one.hint());
      }
    }
  }

  private void type(KeyPath place, YamlMap rules) {
    String expected = expected(rules);
    boolean nothing =
        place.node() instanceof YamlScalar scalar && scalar.kind() == YamlScalar.Kind.NULL;
    if (nothing) {
      problems.add(place.position(), place.name() + " has no value; it must be " + expected, null);
      return;
    }
    problems.add(
        place.position(),
        place.name() + " must be " + expected + ", found " + place.node().describe(),
        typeHint(place, rules));
  }

  /** The value in quotes, if a string is expected and the quoted text would be allowed. */
  private static @Nullable String typeHint(KeyPath place, YamlMap rules) {
    String pattern = text(rules, "pattern");
    boolean wantsString =
        rules.get("type") instanceof YamlScalar type && type.text().equals("string");
    if (wantsString
        && place.node() instanceof YamlScalar scalar
        && (pattern == null || WorkflowSchema.compile(pattern).matcher(scalar.text()).find())) {
      return "put it in quotes: \"" + scalar.text() + "\"";
    }
    return text(rules, "patternErrorMessage");
  }

  private static String expected(YamlMap rules) {
    YamlNode types = rules.get("type");
    List<String> words = new ArrayList<>();
    if (types instanceof YamlList list) {
      list.items().forEach(type -> words.add(word(((YamlScalar) type).text())));
    } else if (types instanceof YamlScalar type) {
      words.add(word(type.text()));
    }
    String last = words.remove(words.size() - 1);
    return words.isEmpty() ? last : String.join(", ", words) + " or " + last;
  }

  private static String word(String type) {
    return switch (type) {
      case "array" -> "a list";
      case "object" -> "a map";
      case "integer" -> "a whole number";
      default -> "a " + type;
    };
  }

  private void pattern(KeyPath place, YamlMap rules) {
    if (place.isCondition()) {
      return; // ConditionCheck reports the exact problem.
    }
    problems.add(
        place.position(),
        place.name() + " cannot be " + quoted(place.node()),
        text(rules, "patternErrorMessage"));
  }

  private void range(KeyPath place, YamlMap rules) {
    String found =
        place.node() instanceof YamlScalar scalar ? scalar.text() : place.node().describe();
    problems.add(
        place.position(),
        place.name() + " cannot be " + found,
        "it must be from " + text(rules, "minimum") + " to " + text(rules, "maximum"));
  }

  private void empty(KeyPath place) {
    if (place.node() instanceof YamlMap map && !map.incomplete()) {
      problems.add(place.position(), place.name() + " is empty", "it needs at least one entry");
    }
  }

  private void required(KeyPath place, YamlMap rules) {
    if (place.node() instanceof YamlMap map
        && !map.incomplete()
        && rules.get("required") instanceof YamlList keys) {
      for (YamlNode item : keys.items()) {
        String key = ((YamlScalar) item).text();
        if (map.get(key) == null) {
          String hint = "add \"" + key + ":\" to " + place.name();
          missing.add(
              new Missing(
                  place.pointer(),
                  Set.of(key),
                  place.position(),
                  "the key \"" + key + "\" is missing",
                  hint));
        }
      }
    }
  }

  private void runOrUses(KeyPath place) {
    if (!(place.node() instanceof YamlMap map)) {
      return; // The wrong type is already reported.
    }
    YamlMap.Entry uses = map.entries().get("uses");
    if (uses != null) {
      problems.add(
          uses.key().position(),
          place.name() + " has both \"run\" and \"uses\"",
          "keep one of them");
    } else if (!map.incomplete()) {
      String message = place.name() + " has neither \"run\" nor \"uses\"";
      missing.add(
          new Missing(
              place.pointer(),
              Set.of("run", "uses"),
              place.keyPosition(),
              message,
              "add \"run:\" with a script"));
    }
  }

  private void dependent(KeyPath place, YamlMap rules) {
    YamlMap dependents = rules.map("dependentRequired");
    if (dependents == null || !(place.node() instanceof YamlMap map)) {
      return;
    }
    for (Map.Entry<String, YamlMap.Entry> rule : dependents.entries().entrySet()) {
      YamlMap.Entry found = map.entries().get(rule.getKey());
      String other = ((YamlScalar) ((YamlList) rule.getValue().value()).items().get(0)).text();
      if (found != null && map.get(other) == null && !map.incomplete()) {
        String message =
            "\"" + rule.getKey() + "\" is allowed only together with \"" + other + "\"";
        missing.add(
            new Missing(
                place.pointer(),
                Set.of(other),
                found.key().position(),
                message,
                "a script gets its values by \"env\""));
      }
    }
  }

  private void unknownKey(Error error, KeyPath place) {
    YamlNode rules = KeyPath.find(schema, parent(fragment(error))).node();
    YamlMap properties = rules instanceof YamlMap map ? map.map("properties") : null;
    Set<String> allowed =
        new LinkedHashSet<>(properties == null ? Set.of() : properties.entries().keySet());
    String key = place.lastToken();
    String nearest = Suggestions.nearest(key, allowed);
    if (nearest != null) {
      meant.add(parent(place.pointer()) + "\n" + nearest);
    }
    String hint =
        nearest == null
            ? "allowed here: " + String.join(", ", allowed)
            : "did you mean \"" + nearest + "\"?";
    problems.add(place.keyPosition(), "unknown key " + Text.quote(key), hint);
  }

  /**
   * The validator reports only that some name of a map is invalid. The pattern shows which ones.
   */
  private void names(Error error, KeyPath place) {
    YamlMap rules = rules(error);
    String pattern = text(rules, "pattern");
    if (pattern == null
        || !(place.node() instanceof YamlMap map)
        || !namesChecked.add(place.pointer() + "\n" + pattern)) {
      return;
    }
    String path = error.getSchemaLocation();
    YamlNode names =
        KeyPath.find(
                schema,
                fragment(path.substring(0, path.indexOf("/propertyNames")) + "/propertyNames"))
            .node();
    String what = text((YamlMap) names, "title");
    Pattern compiled = WorkflowSchema.compile(pattern);
    for (YamlMap.Entry entry : map.entries().values()) {
      if (!compiled.matcher(entry.key().text()).find()) {
        problems.add(
            entry.key().position(),
            "the " + what + " " + quoted(entry.key()) + " is not valid",
            text(rules, "patternErrorMessage"));
      }
    }
  }

  private YamlMap rules(Error error) {
    return (YamlMap) KeyPath.find(schema, fragment(error)).node();
  }

  private static String fragment(Error error) {
    return fragment(error.getSchemaLocation());
  }

  private static String fragment(String location) {
    int hash = location.indexOf('#');
    return hash < 0 ? "" : location.substring(hash + 1);
  }

  private static String parent(String pointer) {
    return pointer.substring(0, pointer.lastIndexOf('/'));
  }

  private static @Nullable String text(YamlMap rules, String key) {
    YamlScalar scalar = rules.scalar(key);
    return scalar == null ? null : scalar.text();
  }

  private static String quoted(YamlNode node) {
    return node instanceof YamlScalar scalar ? Text.quote(scalar.text()) : node.describe();
  }
}
