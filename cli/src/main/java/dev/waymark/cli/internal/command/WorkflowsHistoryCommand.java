package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.ExitCode;
import dev.waymark.cli.internal.output.Format;
import dev.waymark.cli.internal.output.Printer;
import dev.waymark.cli.internal.syntax.Syntax;
import dev.waymark.core.model.WorkflowId;

/** Lists the revisions of a workflow. */
final class WorkflowsHistoryCommand implements Command {
  @Override
  public Syntax syntax() {
    return Syntax.of("workflows history", "List the revisions of a workflow, the oldest first.")
        .operand(WorkflowsShowCommand.WORKFLOW)
        .options(Pages.LIMIT, Pages.OFFSET, Format.OPTION)
        .examples("workflows history nightly-report");
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
