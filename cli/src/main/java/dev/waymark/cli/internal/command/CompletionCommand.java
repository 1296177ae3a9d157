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

/** Prints a shell completion script. */
final class CompletionCommand implements Command {
  private static final List<String> SHELLS = List.of("bash", "zsh");

  @Override
  public Syntax syntax() {
    return Syntax.of("completion", "Print a shell completion script for commands and options.")
        .operand(new Operand("SHELL", false, "Shell: bash or zsh. Both use the same script."))
        .details("To enable completion in bash or zsh: source <(waymark completion)")
        .examples("completion > ~/.waymark-completion");
  }

  @Override
  public int run(Context context) {
    String shell = context.arguments().operand();
    if (shell != null && !SHELLS.contains(shell)) {
      throw CliException.usage(
          "no completion script for " + Nearest.quote(shell) + "; use bash or zsh");
    }
    context.out().println(Help.completion(Commands.all()).stripTrailing());
    return ExitCode.DONE;
  }
}
