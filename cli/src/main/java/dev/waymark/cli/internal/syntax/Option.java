package dev.waymark.cli.internal.syntax;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An option of a command. Options are compared by identity. */
public final class Option {
  private final List<String> names;
  private final @Nullable String label;
  private final boolean repeatable;
  private final boolean greedy;
  private final String help;
  private final List<String> candidates;

  private Option(
      List<String> names,
      @Nullable String label,
      boolean repeatable,
      boolean greedy,
      String help,
      List<String> candidates) {
    this.names = names;
    this.label = label;
    this.repeatable = repeatable;
    this.greedy = greedy;
    this.help = help;
    this.candidates = candidates;
  }

  /** Creates an option without a value. */
  public static Option flag(String help, String... names) {
    return new Option(Arrays.asList(names), null, false, false, help, List.of());
  }

  /** Creates an option with one value; {@code label} names the value in the help. */
  public static Option of(String label, String help, String... names) {
    return new Option(Arrays.asList(names), label, false, false, help, List.of());
  }

  /** Returns the same option, but it can be repeated. */
  public Option repeatable() {
    return new Option(names, label, true, false, help, candidates);
  }

  /**
   * Returns the same option, but it takes every word up to the next option, and it can be repeated.
   */
  public Option greedy() {
    return new Option(names, label, true, true, help, candidates);
  }

  /** Returns the same option with these values for shell completion. */
  public Option candidates(List<String> values) {
    return new Option(names, label, repeatable, greedy, help, values);
  }

  /** The names with their dashes. Messages use the first name. */
  public List<String> names() {
    return names;
  }

  /** The first name. */
  public String name() {
    return names.get(0);
  }

  /** The name of the value in the help, or null for an option without a value. */
  public @Nullable String label() {
    return label;
  }

  /** Whether it can be repeated. */
  public boolean isRepeatable() {
    return repeatable;
  }

  /** Whether it takes every word up to the next option. */
  public boolean isGreedy() {
    return greedy;
  }

  /** The description of the option. */
  public String help() {
    return help;
  }

  /** The values for shell completion; empty if there is no such list. */
  public List<String> candidates() {
    return candidates;
  }
}
