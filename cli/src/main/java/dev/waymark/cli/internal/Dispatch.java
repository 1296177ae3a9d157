package dev.waymark.cli.internal;

import dev.waymark.cli.internal.base.CliException;
import dev.waymark.cli.internal.command.Commands;
import dev.waymark.cli.internal.output.Nearest;
import dev.waymark.cli.internal.syntax.CommonOptions;
import dev.waymark.cli.internal.syntax.Option;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The command that a command line names. Options may precede the command name or separate its
 * words; they are read together with the options after the name.
 *
 * @param kind the requested action
 * @param name the name of the command or group; empty for the program itself
 * @param words the remaining arguments, without the name
 */
record Dispatch(Kind kind, String name, List<String> words) {
  /** The action that a command line requests. */
  enum Kind {
    /** Run a command. */
    COMMAND,
    /** Print the help of a group. */
    GROUP_HELP,
    /** Print the help of the program. */
    ROOT_HELP,
    /** The command line is empty. */
    NOTHING
  }

  /** Finds the command. */
  static Dispatch of(List<String> words) {
    return new Finder(words).find();
  }

  /** Reads the words up to the last word of the command name. */
  private static final class Finder {
    private static final List<Option> WITH_VALUE =
        List.of(CommonOptions.STORE, CommonOptions.FORMAT);

    private final List<String> words;
    private final List<String> options = new ArrayList<>();
    private boolean help;
    private int next;

    Finder(List<String> words) {
      this.words = words;
    }

    Dispatch find() {
      skipOptions();
      if (next == words.size()) {
        return withoutCommand();
      }
      String first = words.get(next++);
      if (first.equals("help")) {
        help = true;
        skipOptions();
        if (next == words.size()) {
          return new Dispatch(Kind.ROOT_HELP, "", List.of());
        }
        first = words.get(next++);
      }
      return Commands.isGroup(first)
          ? inGroup(first)
          : command(known(first, "", Commands.topLevelNames()));
    }

    private Dispatch inGroup(String group) {
      skipOptions();
      if (next == words.size()) {
        if (help || helpWasGiven()) {
          return new Dispatch(Kind.GROUP_HELP, group, List.of());
        }
        throw CliException.usage(
            "\""
                + group
                + "\" requires a command; use one of "
                + String.join(", ", Commands.namesIn(group)));
      }
      return command(group + " " + known(words.get(next++), group + " ", Commands.namesIn(group)));
    }

    private Dispatch command(String name) {
      List<String> rest = new ArrayList<>(options);
      if (help) {
        rest.add("--help");
      } else {
        rest.addAll(words.subList(next, words.size()));
      }
      return new Dispatch(Kind.COMMAND, name, rest);
    }

    private void skipOptions() {
      while (next < words.size()
          && words.get(next).length() > 1
          && words.get(next).startsWith("-")) {
        String option = words.get(next++);
        options.add(option);
        if (takesValue(option) && next < words.size()) {
          options.add(words.get(next++));
        }
      }
    }

    private static boolean takesValue(String word) {
      for (Option option : WITH_VALUE) {
        if (option.names().contains(word)) {
          return true;
        }
      }
      return false;
    }

    private boolean helpWasGiven() {
      return !Collections.disjoint(options, CommonOptions.HELP.names());
    }

    private Dispatch withoutCommand() {
      if (helpWasGiven()) {
        return new Dispatch(Kind.ROOT_HELP, "", List.of());
      }
      if (options.contains("--version") || options.contains("-V")) {
        return new Dispatch(Kind.COMMAND, "version", List.of());
      }
      if (options.isEmpty()) {
        return new Dispatch(Kind.NOTHING, "", List.of());
      }
      throw CliException.usage(
          "missing command after "
              + Nearest.quote(options.get(options.size() - 1))
              + "; see waymark --help");
    }

    private static String known(String word, String prefix, List<String> names) {
      if (names.contains(word)) {
        return word;
      }
      String otherwise =
          prefix.isEmpty() ? "; see waymark --help" : "; use one of " + String.join(", ", names);
      String nearest = Nearest.to(word, names);
      throw CliException.usage(
          "unknown command "
              + Nearest.quote(prefix + word)
              + (nearest == null ? otherwise : "; did you mean \"" + prefix + nearest + "\"?"));
    }
  }
}
