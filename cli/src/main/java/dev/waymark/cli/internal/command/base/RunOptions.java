package dev.waymark.cli.internal.command.base;

import dev.waymark.cli.internal.base.CliException;
import dev.waymark.cli.internal.base.ExitCode;
import dev.waymark.cli.internal.base.Terminal;
import dev.waymark.cli.internal.output.Format;
import dev.waymark.cli.internal.output.Paint;
import dev.waymark.cli.internal.output.Printer;
import dev.waymark.cli.internal.progress.LiveProgress;
import dev.waymark.cli.internal.progress.PlainProgress;
import dev.waymark.cli.internal.progress.Progress;
import dev.waymark.cli.internal.progress.WaitNotices;
import dev.waymark.cli.internal.syntax.Option;
import dev.waymark.cli.internal.syntax.Values;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Workflow;
import dev.waymark.runner.Runner;
import dev.waymark.runner.api.RunListener;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.runner.definition.DefinitionLimits;
import dev.waymark.runner.definition.WorkflowDefinition;
import dev.waymark.runner.file.DefinitionReader;
import org.jspecify.annotations.Nullable;

/**
 * What {@code run}, {@code executions rerun} and {@code worker} share: starting executions and
 * working on them, with progress on standard error.
 */
public final class RunOptions {
  public static final Option CONCURRENCY =
      Option.of(
          "N",
          "Run at most so many tasks at once. Default: the number of processors, at least 4",
          "--concurrency");
  public static final Option DETACH =
      Option.flag("Only start it, and leave the work to \"waymark worker\".", "--detach");

  private static final int MOST_CONCURRENCY = 10_000;

  private final Context context;
  private final Printer printer;

  /**
   * Work that a command line asks for; what is wrong with the line is said before anything happens.
   */
  public RunOptions(Context context) {
    this.context = context;
    this.printer = context.printer();
    concurrency(context);
    // The work goes on when nobody reads its result any more.
    context.out().keepGoing();
  }

  /**
   * Starts an execution and, unless the user wants to leave it to a worker, works on it to its end.
   */
  public int start(StartRequest request) {
    try (Progress progress = progress(context);
        Runner runner = runner(context, progress)) {
      ExecutionId id = runner.start(request);
      if (context.arguments().has(DETACH)) {
        return detached(id);
      }
      try (StopOnSignal hook = new StopOnSignal(() -> stopped(runner, progress, id));
          WaitNotices notices = new WaitNotices(context.store(), id, progress)) {
        notices.begin();
        runner.run(id);
        hook.waitIfSignalled();
      }
      progress.close();
      return new Result(context, printer).report(id);
    }
  }

  /** A runner on the store of the command line. */
  static Runner runner(Context context, RunListener listener) {
    return builder(context, listener).build();
  }

  /** The same, to be set further. */
  public static Runner.Builder builder(Context context, RunListener listener) {
    DefinitionReader reader =
        new DefinitionReader(DefinitionLimits.of(context.storeUrl().limits()));
    Runner.Builder builder =
        Runner.builder(context.store(), workflow -> definition(reader, workflow))
            .logDirectory(context.logDirectory())
            .listener(listener);
    Integer concurrency = concurrency(context);
    if (concurrency != null) {
      builder.concurrency(concurrency);
    }
    return builder;
  }

  private static @Nullable Integer concurrency(Context context) {
    String given = context.arguments().value(CONCURRENCY);
    return given == null ? null : Values.number("--concurrency", given, 1, MOST_CONCURRENCY);
  }

  /**
   * How one execution is shown: redrawn on a terminal, else in lines. Log messages would tear the
   * picture apart, so with -v there are lines too.
   */
  public static Progress progress(Context context) {
    Terminal terminal = context.surroundings().terminal();
    if (!terminal.animates(context.surroundings().environment()) || context.verbose()) {
      return new PlainProgress(context.messages(), context.zone(), false);
    }
    Paint paint = Paint.when(terminal.coloursOnErr(context.surroundings().environment()));
    return new LiveProgress(
        context.messages(), paint, terminal.size(), context.surroundings().clock());
  }

  private static WorkflowDefinition definition(DefinitionReader reader, Workflow workflow) {
    return reader.read(
        "workflow/" + workflow.id() + " (revision " + workflow.revision() + ")",
        workflow.definition());
  }

  private int detached(ExecutionId id) {
    Execution execution = context.store().execution(id);
    if (execution == null) {
      throw CliException.notFound("execution " + id + " is gone");
    }
    if (printer.format() == Format.TABLE) {
      context.out().println("execution " + id + " " + execution.state());
    } else {
      printer.one(execution, context.views().executions());
    }
    return ExitCode.DONE;
  }

  private void stopped(Runner runner, Progress progress, ExecutionId id) {
    progress.close();
    context.messages().say("stopping; what runs is asked to end and killed after 10s");
    runner.stop();
    Execution execution = context.store().execution(id);
    if (execution != null && execution.state().isTerminal()) {
      context.messages().say("stopped; execution " + id + " has ended as " + execution.state());
    } else {
      context
          .messages()
          .say(
              "stopped; go on with: "
                  + context.commandLine("worker")
                  + "  or cancel it: "
                  + context.commandLine("executions cancel " + id));
    }
  }
}
