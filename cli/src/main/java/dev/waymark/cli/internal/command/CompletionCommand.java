package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.base.CliException;
import dev.waymark.cli.internal.base.ExitCode;
import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.output.Nearest;
import dev.waymark.cli.internal.syntax.Help;
import dev.waymark.cli.internal.syntax.Operand;
import dev.waymark.cli.internal.syntax.Syntax;
import java.util.List;

/** Prints a script that completes command lines. */
final class CompletionCommand implements Command {
  private static final List<String> SHELLS = List.of("bash", "zsh");

  @Override
  public Syntax syntax() {
    return Syntax.of("completion", "Print a script that completes commands and options in a shell.")
        .operand(new Operand("SHELL", false, "bash or zsh; one script serves both."))
        .details("In bash or zsh: source <(waymark completion)")
        .examples("completion > ~/.waymark-completion");
  }

  @Override
  public int run(Context context) {
    String shell = context.arguments().operand();
    if (shell != null && !SHELLS.contains(shell)) {
      throw CliException.usage(
          "no completion for " + Nearest.quote(shell) + "; available: bash, zsh");
    }
    context.out().println(Help.completion(Commands.all()).stripTrailing());
    return ExitCode.DONE;
  }
}
