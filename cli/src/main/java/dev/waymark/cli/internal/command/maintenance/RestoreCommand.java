package dev.waymark.cli.internal.command.maintenance;

import dev.waymark.cli.internal.base.ExitCode;
import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.syntax.CommonOptions;
import dev.waymark.cli.internal.syntax.Operand;
import dev.waymark.cli.internal.syntax.Syntax;
import dev.waymark.core.spi.StoreCopy;
import java.nio.file.Path;

/** Makes a store from a backup. */
public final class RestoreCommand implements Command {
  @Override
  public Syntax syntax() {
    return Syntax.of("restore", "Make a store from a file that \"backup\" has written.")
        .operand(new Operand("FILE", true, "The backup."))
        .options(CommonOptions.FORMAT)
        .details(
            "There must be no store yet at the place that --store names. Executions that were"
                + " running at the time of the backup go on when a worker works on the store.")
        .examples("--store sqlite:flows.db restore /backups/flows.db");
  }

  @Override
  public int run(Context context) {
    Path file = StoreCopies.file(context);
    StoreCopy copy = StoreCopies.store(context, true).restore(file);
    StoreCopies.print(context, copy, "restored " + context.storeUrl().shown() + " from " + file);
    return ExitCode.DONE;
  }
}
