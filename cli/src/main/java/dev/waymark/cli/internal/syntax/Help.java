package dev.waymark.cli.internal.syntax;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;

/** The help of commands and the shell completion script. Picocli generates both. */
public final class Help {
  private Help() {}

  /** Returns the help of one command. */
  public static String ofCommand(Syntax syntax, boolean colours) {
    return usage(new CommandLine(Specs.of(syntax)), colours);
  }

  /**
   * Returns the help of a group of commands, or of the program.
   *
   * @param name the full name of the group, including the name of the program
   * @param about the texts of the group
   * @param members its commands by their names within the group
   */
  public static String ofGroup(
      String name, Syntax about, Map<String, Syntax> members, boolean colours) {
    CommandSpec spec = Specs.empty(name, about);
    spec.usageMessage().customSynopsis(name + " [--store URL] [-v] COMMAND");
    members.forEach(
        (member, syntax) ->
            spec.addSubcommand(member, new CommandLine(Specs.empty(member, syntax))));
    return usage(new CommandLine(spec), colours);
  }

  /**
   * Returns a script for bash and zsh that completes commands, options and option values.
   *
   * @param commands all commands by name; the name of a command in a group has two words
   */
  public static String completion(Map<String, Syntax> commands) {
    CommandSpec root = CommandSpec.create().name("waymark");
    Map<String, CommandSpec> groups = new LinkedHashMap<>();
    commands.forEach(
        (words, syntax) -> {
          int space = words.indexOf(' ');
          CommandSpec parent = root;
          if (space > 0) {
            String name = words.substring(0, space);
            parent = groups.computeIfAbsent(name, group -> CommandSpec.create().name(group));
          }
          parent.addSubcommand(words.substring(space + 1), new CommandLine(Specs.of(syntax)));
        });
    groups.forEach((name, group) -> root.addSubcommand(name, new CommandLine(group)));
    return AutoComplete.bash("waymark", new CommandLine(root));
  }

  private static String usage(CommandLine commandLine, boolean colours) {
    return commandLine.getUsageMessage(colours ? Ansi.ON : Ansi.OFF);
  }
}
