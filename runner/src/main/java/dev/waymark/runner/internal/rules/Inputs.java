package dev.waymark.runner.internal.rules;

import dev.waymark.runner.definition.InputDefinition;
import java.util.Map;
import java.util.TreeMap;

/** The inputs of an execution, as its tasks see them. */
public final class Inputs {
  private Inputs() {}

  /**
   * The inputs by name. A start with names and values has stored the defaults with them. A start
   * with a payload has not, because a payload is stored as it is.
   */
  public static Map<String, String> of(ExecutionPicture picture) {
    Map<String, String> inputs = new TreeMap<>();
    for (Map.Entry<String, InputDefinition> each : picture.definition().inputs().entrySet()) {
      String value = each.getValue().defaultValue();
      if (value != null) {
        inputs.put(each.getKey(), value);
      }
    }
    inputs.putAll(picture.found().inputs());
    return inputs;
  }
}
