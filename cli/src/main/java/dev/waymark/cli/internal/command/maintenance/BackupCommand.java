package dev.waymark.cli.internal.command.maintenance;

import dev.waymark.cli.internal.base.ExitCode;
import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.syntax.CommonOptions;
import dev.waymark.cli.internal.syntax.Operand;
import dev.waymark.cli.internal.syntax.Syntax;
import dev.waymark.core.spi.StoreCopy;

/** Copies the store into a file. */
public final class BackupCommand implements Command {
  @Override
  public Syntax syntax() {
    return Syntax.of("backup", "Copy the store into a file, while it is in use.")
        .operand(new Operand("FILE", true, "The new file."))
        .options(CommonOptions.FORMAT)
        .details(
            "The copy contains everything that was committed when the command began, and is"
                + " verified. An existing file is not overwritten. For SQLite; for PostgreSQL use"
                + " pg_dump.")
        .examples("backup monday.db", "--store sqlite:flows.db backup /backups/flows.db");
  }

  @Override
  public int run(Context context) {
    StoreCopy copy = StoreCopies.store(context, false).backup(StoreCopies.file(context));
    StoreCopies.print(
        context, copy, "backed up " + context.storeUrl().shown() + " to " + copy.file());
    return ExitCode.DONE;
  }
}
