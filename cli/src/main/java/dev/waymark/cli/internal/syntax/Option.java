package dev.waymark.cli.internal.syntax;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An option that a command accepts. Two options are the same only when they are the same object.
 */
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

  /** An option without a value. */
  public static Option flag(String help, String... names) {
    return new Option(Arrays.asList(names), null, false, false, help, List.of());
  }

  /** An option with one value, which {@code label} names in the help. */
  public static Option of(String label, String help, String... names) {
    return new Option(Arrays.asList(names), label, false, false, help, List.of());
  }

  /** The same option, but it may be given several times. */
  public Option repeatable() {
    return new Option(names, label, true, false, help, candidates);
  }

  /**
   * The same option, but it takes every word up to the next option, and may be given several times.
   */
  public Option greedy() {
    return new Option(names, label, true, true, help, candidates);
  }

  /** The same option with the values that the shell may propose. */
  public Option candidates(List<String> values) {
    return new Option(names, label, repeatable, greedy, help, values);
  }

  /** Its names, with their dashes; the first is used in messages. */
  public List<String> names() {
    return names;
  }

  /** The first name. */
  public String name() {
    return names.get(0);
  }

  /** What its value is called in the help, or null for an option without a value. */
  public @Nullable String label() {
    return label;
  }

  /** Whether it may be given several times. */
  public boolean isRepeatable() {
    return repeatable;
  }

  /** Whether it takes every word up to the next option. */
  public boolean isGreedy() {
    return greedy;
  }

  /** What it does. */
  public String help() {
    return help;
  }

  /** The values that the shell may propose; empty when there is no such list. */
  public List<String> candidates() {
    return candidates;
  }
}
