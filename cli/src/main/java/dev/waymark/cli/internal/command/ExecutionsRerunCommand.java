package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.CliException;
import dev.waymark.cli.internal.output.Format;
import dev.waymark.cli.internal.syntax.Option;
import dev.waymark.cli.internal.syntax.Syntax;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.runner.StartRequest;

/** Starts another execution like an earlier one. */
final class ExecutionsRerunCommand implements Command {
  private static final Option FROM_FAILED =
      Option.flag(
          "Keep what succeeded, with its outputs, and run only the other tasks.", "--from-failed");

  @Override
  public Syntax syntax() {
    return Syntax.of(
            "executions rerun",
            "Start a new execution of the same revision with the same inputs, and work on it.")
        .operand(ExecutionsShowCommand.EXECUTION)
        .options(FROM_FAILED, Work.DETACH, Work.CONCURRENCY, Format.OPTION)
        .details(
            "It also has the labels, the directory and the priority of the earlier one, which stays as it is, and"
                + " the label waymark.rerun-of with its id; with --from-failed also waymark.from-failed.")
        .examples("executions rerun 0190a1b2", "executions rerun 0190a1b2 --from-failed");
  }

  @Override
  public int run(Context context) {
    Work work = new Work(context);
    ExecutionId id = context.lookup().execution(context.arguments().requiredOperand());
    Execution earlier = context.store().execution(id);
    if (earlier == null) {
      throw CliException.notFound("no execution " + id);
    }
    StartRequest request =
        StartRequest.rerun(earlier, context.arguments().has(FROM_FAILED)).build();
    if (request.directory() == null) {
      request = request.toBuilder().directory(context.surroundings().directory()).build();
    }
    return work.start(request);
  }
}
