package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.base.ExitCode;
import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.output.Printer;
import dev.waymark.cli.internal.syntax.CommonOptions;
import dev.waymark.cli.internal.syntax.Operand;
import dev.waymark.cli.internal.syntax.Syntax;
import dev.waymark.core.model.TaskRunId;

/** Lists the attempts of a task run. */
final class AttemptsListCommand implements Command {
  @Override
  public Syntax syntax() {
    return Syntax.of("attempts list", "List the attempts of a task run, ordered by number.")
        .operand(
            new Operand(
                "TASK_RUN", true, "ID of the task run, a unique prefix of it, or EXECUTION/TASK."))
        .options(CommonOptions.FORMAT)
        .examples("attempts list 0190a1b2-77aa", "attempts list 0190a1b2/extract -o json");
  }

  @Override
  public boolean reads() {
    return true;
  }

  @Override
  public int run(Context context) {
    Printer printer = context.printer();
    TaskRunId id = context.lookup().taskRun(context.arguments().requiredOperand());
    printer.all(context.store().attempts(id), context.views().attempts());
    return ExitCode.DONE;
  }
}
