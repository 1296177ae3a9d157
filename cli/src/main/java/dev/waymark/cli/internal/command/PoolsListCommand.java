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
            "List the pools that have a bound, or anything ready or running, ordered by name.")
        .options(CommonOptions.FORMAT)
        .details(
            "Tasks that name no pool are in the pool \"default\"; those that use a handler are in a"
                + " pool of its name, from which only workers in Java take them that have it.",
            "READY counts what waits for a claim, WAITING those of them that are not delayed, WORKERS"
                + " the living workers that serve the pool; HELD BY names what runs.")
        .examples("pools list", "pools list -o json");
  }

  @Override
  public int run(Context context) {
    context.printer().all(context.store().poolUse(), context.views().pools());
    return ExitCode.DONE;
  }
}
