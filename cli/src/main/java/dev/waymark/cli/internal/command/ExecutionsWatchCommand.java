package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.command.base.Result;
import dev.waymark.cli.internal.command.base.RunOptions;
import dev.waymark.cli.internal.output.Printer;
import dev.waymark.cli.internal.progress.Progress;
import dev.waymark.cli.internal.progress.WaitNotices;
import dev.waymark.cli.internal.progress.Watcher;
import dev.waymark.cli.internal.syntax.CommonOptions;
import dev.waymark.cli.internal.syntax.Syntax;
import dev.waymark.core.internal.Backoff;
import dev.waymark.core.model.ExecutionId;
import java.util.concurrent.TimeUnit;

/** Follows an execution that other processes work on. */
final class ExecutionsWatchCommand implements Command {
  private static final long PAUSE_MILLIS = 250;

  @Override
  public Syntax syntax() {
    return Syntax.of(
            "executions watch", "Follow an execution until it ends. Other processes run its tasks.")
        .operand(ExecutionsShowCommand.EXECUTION)
        .options(CommonOptions.FORMAT)
        .details("The output and the exit codes are those of \"waymark run\".")
        .examples("executions watch 0190a1b2");
  }

  @Override
  public boolean reads() {
    return true;
  }

  @Override
  public int run(Context context) {
    Printer printer = context.printer();
    ExecutionId id = context.lookup().execution(context.arguments().requiredOperand());
    // The exit code is needed even if nothing reads standard output.
    context.out().keepGoing();
    try (Progress progress = RunOptions.progress(context);
        WaitNotices notices = new WaitNotices(context.store(), id, progress)) {
      notices.begin();
      new Watcher(context.store(), progress, ExecutionsWatchCommand::pause).watch(id);
    }
    return new Result(context, printer).report(id);
  }

  private static void pause() {
    Backoff.sleep(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
  }
}
