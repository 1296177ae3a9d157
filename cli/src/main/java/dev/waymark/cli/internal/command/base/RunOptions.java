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
 * The code that {@code run}, {@code executions rerun} and {@code worker} share. It starts
 * executions and works on them, with progress on standard error.
 */
public final class RunOptions {
  public static final Option CONCURRENCY =
      Option.of(
          "N",
          "Maximum number of tasks to run at once (default: the number of processors, at least 4).",
          "--concurrency");
  public static final Option DETACH =
      Option.flag("Start the execution only; \"waymark worker\" runs its tasks.", "--detach");

  private static final int MOST_CONCURRENCY = 10_000;

  private final Context context;
  private final Printer printer;

  /**
   * Reads the options of the command line. An invalid option is reported before anything starts.
   */
  public RunOptions(Context context) {
    this.context = context;
    this.printer = context.printer();
    concurrency(context);
    // The work continues even if the reader of standard output has gone.
    context.out().keepGoing();
  }

  /** Starts an execution and, unless it is detached, works on it until it ends. */
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

  /** Creates a runner on the store of the command line. */
  static Runner runner(Context context, RunListener listener) {
    return builder(context, listener).build();
  }

  /** Returns a builder of such a runner, for more settings. */
  public static Runner.Builder builder(Context context, RunListener listener) {
    DefinitionReader reader =
        new DefinitionReader(DefinitionLimits.of(context.storeUrl().limits()));
    Runner.Builder builder =
        Runner.builder(context.store(), workflow -> definition(reader, workflow))
            .logDirectory(context.logDirectory())
            .tracer(new CallerTrace(context.surroundings().environment()))
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
   * Creates the progress display of one execution: redrawn in place on a terminal, else line by
   * line. With -v it is also line by line, because log messages would damage a redrawn display.
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
      throw CliException.notFound("execution " + id + " no longer exists");
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
    context.messages().say("stopping: running tasks are asked to end, and killed after 10s");
    runner.stop();
    Execution execution = context.store().execution(id);
    if (execution != null && execution.state().isTerminal()) {
      context.messages().say("stopped; execution " + id + " ended in state " + execution.state());
    } else {
      context
          .messages()
          .say(
              "stopped; continue it with: "
                  + context.commandLine("worker")
                  + "  or cancel it with: "
                  + context.commandLine("executions cancel " + id));
    }
  }
}
