package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.base.CliException;
import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.command.base.RunOptions;
import dev.waymark.cli.internal.syntax.CommonOptions;
import dev.waymark.cli.internal.syntax.Option;
import dev.waymark.cli.internal.syntax.Syntax;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.runner.api.StartRequest;

/** Starts a new execution with the revision and the inputs of an earlier one. */
final class ExecutionsRerunCommand implements Command {
  private static final Option FROM_FAILED =
      Option.flag("Keep succeeded tasks and their outputs; run only the others.", "--from-failed");

  @Override
  public Syntax syntax() {
    return Syntax.of(
            "executions rerun",
            "Start a new execution of the same revision with the same inputs, and work on it.")
        .operand(ExecutionsShowCommand.EXECUTION)
        .options(FROM_FAILED, RunOptions.DETACH, RunOptions.CONCURRENCY, CommonOptions.FORMAT)
        .details(
            "The new execution also has the labels, the directory and the priority of the earlier"
                + " one, and the label waymark.rerun-of with its id. With --from-failed it also has"
                + " the label waymark.from-failed. The earlier execution does not change.")
        .examples("executions rerun 0190a1b2", "executions rerun 0190a1b2 --from-failed");
  }

  @Override
  public int run(Context context) {
    RunOptions work = new RunOptions(context);
    ExecutionId id = context.lookup().execution(context.arguments().requiredOperand());
    Execution earlier = context.store().execution(id);
    if (earlier == null) {
      throw CliException.notFound("execution " + id + " does not exist");
    }
    StartRequest request =
        StartRequest.rerun(earlier, context.arguments().has(FROM_FAILED)).build();
    if (request.directory() == null) {
      request = request.toBuilder().directory(context.surroundings().directory()).build();
    }
    return work.start(request);
  }
}
