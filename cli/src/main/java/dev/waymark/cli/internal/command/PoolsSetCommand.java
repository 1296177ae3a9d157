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

/** Bounds how many tasks of a pool run at once. */
final class PoolsSetCommand implements Command {
  private static final int MOST_SLOTS = 100_000;
  private static final Option SLOTS =
      Option.of("N", "At most so many tasks of the pool run at once; 0 holds them all.", "--slots");
  private static final Option UNBOUNDED = Option.flag("Take the bound away.", "--unbounded");

  @Override
  public Syntax syntax() {
    return Syntax.of(
            "pools set", "Bound how many tasks of a pool run at once, on all workers together.")
        .operand(new Operand("NAME", true, "The pool."))
        .options(SLOTS, UNBOUNDED)
        .details(
            "What runs already goes on, also where there is more of it than may be from now on.")
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
    // Made before the store is opened: a name that is refused creates none.
    ChangeSet changes = ChangeSet.builder().setPool(name, bound).build();
    context.store().commit(changes);
    context.out().println("pool " + name + (bound == null ? " unbounded" : " slots " + bound));
    return ExitCode.DONE;
  }
}
