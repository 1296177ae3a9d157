package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.base.ExitCode;
import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.command.base.Pages;
import dev.waymark.cli.internal.output.Printer;
import dev.waymark.cli.internal.syntax.CommonOptions;
import dev.waymark.cli.internal.syntax.Syntax;

/** Lists the latest revision of every workflow. */
final class WorkflowsListCommand implements Command {
  @Override
  public Syntax syntax() {
    return Syntax.of("workflows list", "List the latest revision of every workflow, ordered by id.")
        .options(Pages.LIMIT, Pages.OFFSET, CommonOptions.FORMAT)
        .examples("workflows list", "workflows list --limit 100 --offset 100 -o json");
  }

  @Override
  public boolean reads() {
    return true;
  }

  @Override
  public int run(Context context) {
    Printer printer = context.printer();
    printer.page(context.store().workflows(Pages.request(context)), context.views().workflows());
    return ExitCode.DONE;
  }
}
