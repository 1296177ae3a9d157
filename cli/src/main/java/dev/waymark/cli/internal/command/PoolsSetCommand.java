package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.base.CliException;
import dev.waymark.cli.internal.base.ExitCode;
import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.syntax.Arguments;
import dev.waymark.cli.internal.syntax.Operand;
import dev.waymark.cli.internal.syntax.Option;
import dev.waymark.cli.internal.syntax.Syntax;
import dev.waymark.cli.internal.syntax.Values;
import dev.waymark.core.store.ChangeSet;

/** Limits how many tasks of a pool run at once. */
final class PoolsSetCommand implements Command {
  private static final int MOST_SLOTS = 100_000;
  private static final Option SLOTS =
      Option.of("N", "Maximum number of running tasks of the pool; 0 starts none.", "--slots");
  private static final Option UNBOUNDED = Option.flag("Remove the limit.", "--unbounded");

  @Override
  public Syntax syntax() {
    return Syntax.of("pools set", "Limit how many tasks of a pool run at once, over all workers.")
        .operand(new Operand("NAME", true, "Name of the pool."))
        .options(SLOTS, UNBOUNDED)
        .details("Running tasks continue, even if there are more of them than the new limit.")
        .examples("pools set gpu --slots 2", "pools set gpu --unbounded");
  }

  @Override
  public boolean createsStore(Arguments arguments) {
    return true;
  }

  @Override
  public int run(Context context) {
    String slots = context.arguments().value(SLOTS);
    boolean unbounded = context.arguments().has(UNBOUNDED);
    if ((slots == null) != unbounded) {
      throw CliException.usage("give either --slots N or --unbounded");
    }
    Integer bound = slots == null ? null : Values.number("--slots", slots, 0, MOST_SLOTS);
    String name = context.arguments().requiredOperand();
    // Built before the store is opened, so that an invalid name does not create a store.
    ChangeSet changes = ChangeSet.builder().setPool(name, bound).build();
    context.store().commit(changes);
    context.out().println("pool " + name + (bound == null ? " unbounded" : " slots " + bound));
    return ExitCode.DONE;
  }
}
