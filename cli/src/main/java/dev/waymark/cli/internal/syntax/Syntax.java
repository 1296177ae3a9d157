package dev.waymark.cli.internal.syntax;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one command accepts, and what its help says. Every command also accepts the options that
 * {@link CommonOptions} names.
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
   * Begins the syntax of a command: its words, such as {@code executions list}, and what it does in
   * one line.
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

  /** Sets the word that the command takes. */
  public Syntax operand(Operand word) {
    this.operand = word;
    return this;
  }

  /** Adds paragraphs to the help, below the summary. */
  public Syntax details(String... paragraphs) {
    for (String paragraph : paragraphs) {
      details.add(paragraph);
    }
    return this;
  }

  /** Adds command lines to the examples of the help, without the name of the program. */
  public Syntax examples(String... lines) {
    for (String line : lines) {
      examples.add(line);
    }
    return this;
  }

  /** The words of the command, without the name of the program. */
  public String name() {
    return name;
  }

  /** What the command does, in one line. */
  public String summary() {
    return summary;
  }

  /** Its own options, and after them the common ones. */
  public List<Option> allOptions() {
    List<Option> all = new ArrayList<>(options);
    all.addAll(CommonOptions.ALL);
    return all;
  }

  /** Paragraphs below the summary. */
  public List<String> details() {
    return details;
  }

  /** Examples, without the name of the program. */
  public List<String> examples() {
    return examples;
  }

  /** The word that it takes, or null. */
  public @Nullable Operand operand() {
    return operand;
  }

  /** The option of this name, or null. */
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
