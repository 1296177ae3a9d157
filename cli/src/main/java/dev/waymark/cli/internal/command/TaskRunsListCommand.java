package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.base.ExitCode;
import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.output.Printer;
import dev.waymark.cli.internal.syntax.CommonOptions;
import dev.waymark.cli.internal.syntax.Operand;
import dev.waymark.cli.internal.syntax.Syntax;
import dev.waymark.core.model.ExecutionId;

/** Lists the task runs of an execution. */
final class TaskRunsListCommand implements Command {
  @Override
  public Syntax syntax() {
    return Syntax.of("task-runs list", "List the task runs of an execution, in order of creation.")
        .operand(new Operand("EXECUTION", true, "ID of the execution, or a unique prefix."))
        .options(CommonOptions.FORMAT)
        .examples("task-runs list 0190a1b2", "task-runs list 0190a1b2 -o json");
  }

  @Override
  public boolean reads() {
    return true;
  }

  @Override
  public int run(Context context) {
    Printer printer = context.printer();
    ExecutionId id = context.lookup().execution(context.arguments().requiredOperand());
    printer.all(
        context.store().taskRuns(id),
        context.views().taskRuns(ExecutionsShowCommand.waiting(context, id)));
    return ExitCode.DONE;
  }
}
