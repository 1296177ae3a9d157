package dev.waymark.cli.internal.syntax;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was given on a command line, as text. */
public final class Arguments {
  private final IdentityHashMap<Option, List<String>> values = new IdentityHashMap<>();
  private @Nullable String operand;

  /** Whether the option was given. */
  public boolean has(Option option) {
    return values.containsKey(option);
  }

  /** The value of an option that is given at most once, or null. */
  public @Nullable String value(Option option) {
    List<String> given = values.get(option);
    return given == null ? null : given.get(0);
  }

  /** All values of an option, in order; empty when it was not given. */
  public List<String> values(Option option) {
    return values.getOrDefault(option, List.of());
  }

  /** The word without dashes, or null. */
  public @Nullable String operand() {
    return operand;
  }

  /** The word without dashes of a command that requires one. */
  public String requiredOperand() {
    if (operand == null) {
      throw new IllegalStateException("the command has no required operand");
    }
    return operand;
  }

  void add(Option option, String value) {
    values.computeIfAbsent(option, key -> new ArrayList<>()).add(value);
  }

  void setOperand(String word) {
    this.operand = word;
  }
}
