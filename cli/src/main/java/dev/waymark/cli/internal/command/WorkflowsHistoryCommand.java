package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.base.ExitCode;
import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.command.base.Pages;
import dev.waymark.cli.internal.output.Printer;
import dev.waymark.cli.internal.syntax.CommonOptions;
import dev.waymark.cli.internal.syntax.Syntax;
import dev.waymark.core.model.WorkflowId;

/** Lists the revisions of a workflow. */
final class WorkflowsHistoryCommand implements Command {
  @Override
  public Syntax syntax() {
    return Syntax.of("workflows history", "List the revisions of a workflow, oldest first.")
        .operand(WorkflowsShowCommand.WORKFLOW)
        .options(Pages.LIMIT, Pages.OFFSET, CommonOptions.FORMAT)
        .examples("workflows history nightly-report");
  }

  @Override
  public boolean reads() {
    return true;
  }

  @Override
  public int run(Context context) {
    Printer printer = context.printer();
    WorkflowId id = context.lookup().workflow(context.arguments().requiredOperand());
    printer.page(
        context.store().workflowHistory(id, Pages.request(context)), context.views().workflows());
    return ExitCode.DONE;
  }
}
