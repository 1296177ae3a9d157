package dev.waymark.cli.internal.syntax;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The syntax of one command and the texts of its help. Every command also accepts the options in
 * {@link CommonOptions}.
 */
public final class Syntax {
  private final String name;
  private final String summary;
  private final List<Option> options = new ArrayList<>();
  private final List<String> details = new ArrayList<>();
  private final List<String> examples = new ArrayList<>();
  private @Nullable Operand operand;

  private Syntax(String name, String summary) {
    this.name = name;
    this.summary = summary;
  }

  /**
   * Creates the syntax of a command from its name, such as {@code executions list}, and a one-line
   * summary.
   */
  public static Syntax of(String name, String summary) {
    return new Syntax(name, summary);
  }

  /** Adds options, in the order of the help. */
  public Syntax options(Option... more) {
    for (Option option : more) {
      options.add(option);
    }
    return this;
  }

  /** Sets the operand of the command. */
  public Syntax operand(Operand word) {
    this.operand = word;
    return this;
  }

  /** Adds paragraphs below the summary of the help. */
  public Syntax details(String... paragraphs) {
    for (String paragraph : paragraphs) {
      details.add(paragraph);
    }
    return this;
  }

  /** Adds examples to the help: command lines without the name of the program. */
  public Syntax examples(String... lines) {
    for (String line : lines) {
      examples.add(line);
    }
    return this;
  }

  /** Returns the name of the command, without the name of the program. */
  public String name() {
    return name;
  }

  /** Returns the one-line summary. */
  public String summary() {
    return summary;
  }

  /** Returns the options of the command, followed by the common options. */
  public List<Option> allOptions() {
    List<Option> all = new ArrayList<>(options);
    all.addAll(CommonOptions.ALL);
    return all;
  }

  /** Returns the paragraphs below the summary. */
  public List<String> details() {
    return details;
  }

  /** Returns the examples, without the name of the program. */
  public List<String> examples() {
    return examples;
  }

  /** Returns the operand, or null. */
  public @Nullable Operand operand() {
    return operand;
  }

  /** Returns the option of this name, or null. */
  public @Nullable Option option(String optionName) {
    Option found = find(options, optionName);
    return found != null ? found : find(CommonOptions.ALL, optionName);
  }

  private static @Nullable Option find(List<Option> among, String optionName) {
    for (Option option : among) {
      if (option.names().contains(optionName)) {
        return option;
      }
    }
    return null;
  }
}
