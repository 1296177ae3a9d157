package dev.waymark.cli.internal.syntax;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The options and the operand of a command line, as text. */
public final class Arguments {
  private final IdentityHashMap<Option, List<String>> values = new IdentityHashMap<>();
  private final List<String> operands = new ArrayList<>();

  /** Whether the option was given. */
  public boolean has(Option option) {
    return values.containsKey(option);
  }

  /** Returns the value of an option that can occur once, or null. */
  public @Nullable String value(Option option) {
    List<String> given = values.get(option);
    return given == null ? null : given.get(0);
  }

  /** Returns all values of an option, in order; empty if it was not given. */
  public List<String> values(Option option) {
    return values.getOrDefault(option, List.of());
  }

  /** Returns the operand, or null. */
  public @Nullable String operand() {
    return operands.isEmpty() ? null : operands.get(0);
  }

  /** Returns all operands of a command that takes several, in order. */
  public List<String> operands() {
    return operands;
  }

  /** Returns the operand of a command that requires one. */
  public String requiredOperand() {
    if (operands.isEmpty()) {
      throw new IllegalStateException("the command has no required operand");
    }
    return operands.get(0);
  }

  void add(Option option, String value) {
    values.computeIfAbsent(option, key -> new ArrayList<>()).add(value);
  }

  void addOperand(String word) {
    operands.add(word);
  }
}
