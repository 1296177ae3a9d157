package dev.waymark.runner.internal;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.runner.definition.InputDefinition;
import dev.waymark.runner.definition.WorkflowDefinition;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks the inputs of a start against the definition and fills in the defaults. */
final class Inputs {
  private Inputs() {}

  /**
   * The value of every input of the definition.
   *
   * @throws InvalidInputException for an input that the definition does not have, or a required one
   *     that is not given
   */
  static Map<String, String> complete(WorkflowDefinition definition, Map<String, String> given) {
    given.keySet().forEach(name -> checkKnown(definition, name));
    Map<String, String> complete = new LinkedHashMap<>();
    definition
        .inputs()
        .forEach(
            (name, input) -> complete.put(name, value(definition, name, input, given.get(name))));
    return complete;
  }

  /**
   * The name of the variable that carries an input: {@code INPUT_} and the name in capitals, {@code
   * -} as {@code _}.
   */
  static String variable(String name) {
    return "INPUT_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  private static String value(
      WorkflowDefinition definition, String name, InputDefinition input, @Nullable String given) {
    String value = given == null ? input.defaultValue() : given;
    if (value == null) {
      throw new InvalidInputException(
          "input "
              + Text.quote(name)
              + " of workflow "
              + Text.quote(definition.id().value())
              + " has no default and was not given; give it a value");
    }
    return value;
  }

  private static void checkKnown(WorkflowDefinition definition, String name) {
    if (!definition.inputs().containsKey(name)) {
      throw new InvalidInputException(
          "workflow "
              + Text.quote(definition.id().value())
              + " has no input "
              + Text.quote(name)
              + "; "
              + advice(name, definition.inputs().keySet()));
    }
  }

  private static String advice(String name, Collection<String> known) {
    if (known.isEmpty()) {
      return "it takes no inputs";
    }
    String nearest =
        known.stream().min(Comparator.comparingInt(word -> distance(name, word))).orElseThrow();
    return distance(name, nearest) <= 1 + nearest.length() / 3
        ? "did you mean " + Text.quote(nearest) + "?"
        : "its inputs are " + String.join(", ", known);
  }

  /** How many letters to add, take away or replace to make one word of the other. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
