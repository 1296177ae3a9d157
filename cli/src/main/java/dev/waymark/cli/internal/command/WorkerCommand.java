package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.ExitCode;
import dev.waymark.cli.internal.progress.PlainProgress;
import dev.waymark.cli.internal.syntax.Option;
import dev.waymark.cli.internal.syntax.Syntax;
import dev.waymark.runner.Runner;

/** Works on whatever is ready. */
final class WorkerCommand implements Command {
  private static final Option UNTIL_IDLE =
      Option.flag("End when there is nothing to do any more.", "--until-idle");

  @Override
  public Syntax syntax() {
    return Syntax.of(
            "worker",
            "Work on whatever is ready: what was started with --detach, and what a worker that"
                + " stopped or died left behind.")
        .options(Work.CONCURRENCY, UNTIL_IDLE)
        .details(
            "Goes on until it is stopped by Ctrl-C or SIGTERM, which end the running attempts"
                + " cleanly. Its exit code says nothing of how executions ended.")
        .examples("worker", "worker --until-idle --concurrency 2");
  }

  @Override
  public int run(Context context) {
    PlainProgress progress = new PlainProgress(context.messages(), context.zone(), true);
    try (Runner runner = Work.runner(context, progress);
        StopOnSignal hook = new StopOnSignal(() -> stopped(context, runner))) {
      runner.work(context.arguments().has(UNTIL_IDLE));
      hook.waitIfSignalled();
      return ExitCode.DONE;
    }
  }

  private static void stopped(Context context, Runner runner) {
    runner.stop();
    context.messages().say("worker stopped; go on with: " + context.commandLine("worker"));
  }
}
