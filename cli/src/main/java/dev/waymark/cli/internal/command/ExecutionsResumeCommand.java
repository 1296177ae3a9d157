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

/** Resumes an execution. */
final class ExecutionsResumeCommand implements Command {
  @Override
  public Syntax syntax() {
    return Syntax.of("executions resume", "Resume a paused execution.")
        .operand(ExecutionsShowCommand.EXECUTION)
        .options(CommonOptions.FORMAT)
        .details(
            "Resuming an execution that is not paused changes nothing. Resuming an execution that"
                + " has ended, or is being cancelled, is an error (exit code 4). So is resuming an"
                + " execution that was paused before it began, while as many executions of its"
                + " workflow are in progress as its max-parallel allows.")
        .examples("executions resume 0190a1b2");
  }

  @Override
  public int run(Context context) {
    Printer printer = context.printer();
    ExecutionId id = context.lookup().execution(context.arguments().requiredOperand());
    ExecutionState state = Runner.resume(context.store(), id);
    if (state == ExecutionState.PAUSED) {
      throw CliException.notFound(
          "cannot resume execution "
              + id
              + ": it was paused before it began, and as many executions of its workflow are in"
              + " progress as its max-parallel allows; resume it again when one of them has ended");
    }
    if (state != ExecutionState.RUNNING && state != ExecutionState.PENDING) {
      throw CliException.notFound(
          "cannot resume execution "
              + id
              + ": it is "
              + state
              + "; expected PAUSED, PENDING or RUNNING");
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
