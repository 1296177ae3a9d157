package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.base.CliException;
import dev.waymark.cli.internal.base.ExitCode;
import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.output.Format;
import dev.waymark.cli.internal.output.Printer;
import dev.waymark.cli.internal.syntax.CommonOptions;
import dev.waymark.cli.internal.syntax.Syntax;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.runner.Runner;

/** Pauses an execution. */
final class ExecutionsPauseCommand implements Command {
  @Override
  public Syntax syntax() {
    return Syntax.of(
            "executions pause",
            "Pause an execution. No task starts until it is resumed; running tasks continue.")
        .operand(ExecutionsShowCommand.EXECUTION)
        .options(CommonOptions.FORMAT)
        .details(
            "Pausing a paused execution changes nothing. Pausing an execution that has ended, or"
                + " is being cancelled, is an error (exit code 4).")
        .examples("executions pause 0190a1b2");
  }

  @Override
  public int run(Context context) {
    Printer printer = context.printer();
    ExecutionId id = context.lookup().execution(context.arguments().requiredOperand());
    ExecutionState state = Runner.pause(context.store(), id);
    if (state != ExecutionState.PAUSED) {
      throw CliException.notFound(
          "cannot pause execution "
              + id
              + ": it is "
              + state
              + "; expected PENDING, RUNNING or PAUSED");
    }
    Execution execution = printer.format() == Format.TABLE ? null : context.store().execution(id);
    if (execution == null) {
      context.out().println("execution " + id + " " + state);
    } else {
      printer.one(execution, context.views().executions());
    }
    return ExitCode.DONE;
  }
}
