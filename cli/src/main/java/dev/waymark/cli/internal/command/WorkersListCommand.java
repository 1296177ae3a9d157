package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.base.ExitCode;
import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.syntax.CommonOptions;
import dev.waymark.cli.internal.syntax.Syntax;

/** Lists workers. */
final class WorkersListCommand implements Command {
  @Override
  public Syntax syntax() {
    return Syntax.of("workers list", "List the workers of the last 7 days, ordered by name.")
        .options(CommonOptions.FORMAT)
        .details(
            "A worker is ALIVE while it sends a heartbeat within its lease. A worker that has"
                + " stopped, or sent no heartbeat for longer than its lease, is GONE; other workers"
                + " take over its tasks.")
        .examples("workers list", "workers list -o json");
  }

  @Override
  public boolean reads() {
    return true;
  }

  @Override
  public int run(Context context) {
    context.printer().all(context.store().workers(), context.views().workers());
    return ExitCode.DONE;
  }
}
