package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.base.ExitCode;
import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.syntax.CommonOptions;
import dev.waymark.cli.internal.syntax.Syntax;

/** Lists pools. */
final class PoolsListCommand implements Command {
  @Override
  public Syntax syntax() {
    return Syntax.of(
            "pools list",
            "List pools that have a limit, ready tasks or running tasks, ordered by name.")
        .options(CommonOptions.FORMAT)
        .details(
            "Tasks that name no pool are in the pool \"default\". Tasks with \"uses\" are in a pool"
                + " named after their handler; only Java workers with that handler run them.",
            "READY: tasks that wait for a claim. WAITING: those of them that are not delayed."
                + " WORKERS: live workers that serve the pool. HELD BY: running tasks.")
        .examples("pools list", "pools list -o json");
  }

  @Override
  public boolean reads() {
    return true;
  }

  @Override
  public int run(Context context) {
    context.printer().all(context.store().poolUse(), context.views().pools());
    return ExitCode.DONE;
  }
}
