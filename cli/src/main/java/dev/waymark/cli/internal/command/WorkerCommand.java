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

/** Runs the tasks that are ready. */
final class WorkerCommand implements Command {
  private static final Option UNTIL_IDLE =
      Option.flag("Exit when there is no more work to do.", "--until-idle");

  private static final Option POOL =
      Option.of("NAME", "Pool to serve. Can be repeated.", "--pool").repeatable();
  private static final Option LEASE =
      Option.of(
          "DURATION",
          "Duration of a lease (default 30s). If this worker does not renew its leases for that"
              + " long, other workers take over its tasks.",
          "--lease");
  private static final Option NAME =
      Option.of(
          "NAME",
          "Name of this worker, unique among live workers (default: host and process).",
          "--name");

  private static final Option LOGS_KEEP =
      Option.of(
          "DURATION",
          "Retention of the output of ended executions, on this machine and in the store"
              + " (default: 7d on this machine, no limit in the store).",
          "--logs-keep");
  private static final Duration LOG_FILES_KEEP = Duration.ofDays(7);

  @Override
  public Syntax syntax() {
    return Syntax.of(
            "worker",
            "Run the tasks that are ready: those of detached executions, and those that a"
                + " stopped or dead worker left behind.")
        .options(RunOptions.CONCURRENCY, POOL, UNTIL_IDLE, LEASE, NAME, LOGS_KEEP)
        .details(
            "Any number of workers can share a store. The worker runs until Ctrl-C or SIGTERM."
                + " After the first signal, it starts no new tasks and exits when its running tasks"
                + " end. A second signal stops the running tasks; other workers take them over. The"
                + " exit code is 0 in both cases and does not depend on how executions ended.",
            "If the database server is unreachable, the worker reports this and keeps retrying.",
            "Without --pool, the worker runs tasks that name no pool. Tasks with \"uses\" run only"
                + " on Java workers that have the handler.")
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
        context.messages().say("worker stopped; continue with: " + context.commandLine("worker"));
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
    context.messages().say("worker stopped; continue with: " + context.commandLine("worker"));
  }
}
