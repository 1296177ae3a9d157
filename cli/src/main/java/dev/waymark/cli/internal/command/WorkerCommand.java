package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.base.ExitCode;
import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.command.base.DrainOnSignal;
import dev.waymark.cli.internal.command.base.PatientOpening;
import dev.waymark.cli.internal.command.base.RunOptions;
import dev.waymark.cli.internal.command.base.StopOnSignal;
import dev.waymark.cli.internal.progress.PlainProgress;
import dev.waymark.cli.internal.syntax.Arguments;
import dev.waymark.cli.internal.syntax.Option;
import dev.waymark.cli.internal.syntax.Syntax;
import dev.waymark.cli.internal.syntax.Values;
import dev.waymark.runner.Runner;
import java.time.Duration;

/** Works on whatever is ready. */
final class WorkerCommand implements Command {
  private static final Option UNTIL_IDLE =
      Option.flag("End when there is nothing to do any more.", "--until-idle");

  private static final Option POOL =
      Option.of("NAME", "Serve this pool; may be given several times.", "--pool").repeatable();
  private static final Option LEASE =
      Option.of(
          "DURATION",
          "How long others wait for a sign of life before they take up what this worker runs."
              + " Default: 30s",
          "--lease");
  private static final Option NAME =
      Option.of(
          "NAME",
          "The name of this worker, which no other living one may have. Default: host and process",
          "--name");

  private static final Option LOGS_KEEP =
      Option.of(
          "DURATION",
          "How long to keep the output of executions that have ended, on this machine and in the"
              + " store. Default: 7d on this machine, without limit in the store",
          "--logs-keep");
  private static final Duration LOG_FILES_KEEP = Duration.ofDays(7);

  @Override
  public Syntax syntax() {
    return Syntax.of(
            "worker",
            "Work on whatever is ready: what was started with --detach, and what a worker that"
                + " stopped or died left behind.")
        .options(RunOptions.CONCURRENCY, POOL, UNTIL_IDLE, LEASE, NAME, LOGS_KEEP)
        .details(
            "Any number of workers may share a store. Goes on until Ctrl-C or SIGTERM: then it"
                + " takes nothing new and ends when what runs has ended; a second signal ends that"
                + " too, to be taken up by others. It exits with 0 either way, which says nothing"
                + " of how executions ended.",
            "Where the database server cannot be reached, it says so and tries again until it can.",
            "Without --pool it takes tasks that name no pool. Tasks with \"uses\" are for workers"
                + " in Java that have the handler.")
        .examples(
            "worker",
            "worker --until-idle --concurrency 2",
            "worker --pool gpu --pool default --lease 1m");
  }

  @Override
  public boolean createsStore(Arguments arguments) {
    return true;
  }

  @Override
  public int run(Context context) {
    new PatientOpening(context).open();
    PlainProgress progress = new PlainProgress(context.messages(), context.zone(), true);
    try (Runner runner = runner(context, progress);
        StopOnSignal hook = new StopOnSignal(() -> stopped(context, runner));
        DrainOnSignal signals = new DrainOnSignal(runner, context.messages())) {
      runner.work(context.arguments().has(UNTIL_IDLE));
      hook.waitIfSignalled();
      if (signals.hasHeard()) {
        context.messages().say("worker stopped; go on with: " + context.commandLine("worker"));
      }
      return ExitCode.DONE;
    }
  }

  private static Runner runner(Context context, PlainProgress progress) {
    Arguments arguments = context.arguments();
    Runner.Builder builder = RunOptions.builder(context, progress);
    arguments.values(POOL).forEach(builder::pool);
    String lease = arguments.value(LEASE);
    if (lease != null) {
      builder.lease(Values.duration("--lease", lease));
    }
    String name = arguments.value(NAME);
    if (name != null) {
      builder.worker(name);
    }
    builder.logFileRetention(LOG_FILES_KEEP);
    String keep = arguments.value(LOGS_KEEP);
    if (keep != null) {
      Duration logs = Values.duration("--logs-keep", keep);
      builder.logFileRetention(logs).logRetention(logs);
    }
    return builder.build();
  }

  private static void stopped(Context context, Runner runner) {
    runner.stop();
    context.messages().say("worker stopped; go on with: " + context.commandLine("worker"));
  }
}
