package dev.waymark.runner.internal.start;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.internal.Words;
import dev.waymark.core.model.Payload;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.runner.definition.InputDefinition;
import dev.waymark.runner.definition.WorkflowDefinition;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks the input of a start against the definition and fills in the defaults. */
final class InputCheck {
  private InputCheck() {}

  /**
   * Returns the input of the execution: the value of every input of the definition, or the payload
   * of the request as it is.
   *
   * @throws InvalidInputException for an input that the definition does not have, or a required one
   *     that is not given
   */
  static @Nullable Payload complete(WorkflowDefinition definition, StartRequest request) {
    Payload input = request.input();
    if (input == null) {
      return Payload.ofInputs(complete(definition, request.inputs()));
    }
    Map<String, String> members = input.texts();
    definition
        .inputs()
        .forEach((name, declared) -> value(definition, name, declared, members.get(name)));
    return input;
  }

  private static Map<String, String> complete(
      WorkflowDefinition definition, Map<String, String> given) {
    given.keySet().forEach(name -> checkKnown(definition, name));
    Map<String, String> complete = new LinkedHashMap<>();
    definition
        .inputs()
        .forEach(
            (name, input) -> complete.put(name, value(definition, name, input, given.get(name))));
    return complete;
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
    String nearest = Words.nearest(name, known);
    return nearest == null
        ? "its inputs are " + String.join(", ", known)
        : "did you mean " + Text.quote(nearest) + "?";
  }
}
