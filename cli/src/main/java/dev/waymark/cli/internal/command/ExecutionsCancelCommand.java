package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.base.CliException;
import dev.waymark.cli.internal.base.ExitCode;
import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.output.Format;
import dev.waymark.cli.internal.output.Printer;
import dev.waymark.cli.internal.syntax.CommonOptions;
import dev.waymark.cli.internal.syntax.Syntax;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.Runner;

/** Cancels an execution. */
final class ExecutionsCancelCommand implements Command {
  @Override
  public Syntax syntax() {
    return Syntax.of(
            "executions cancel",
            "Cancel an execution. Waiting tasks are cancelled at once; workers end running tasks.")
        .operand(ExecutionsShowCommand.EXECUTION)
        .options(CommonOptions.FORMAT)
        .details(
            "If the execution has started, its \"finally\" tasks run next; they need a worker."
                + " Cancel the execution a second time to end it without them. Cancelling an"
                + " execution that succeeded or failed is an error (exit code 4).")
        .examples("executions cancel 0190a1b2");
  }

  @Override
  public int run(Context context) {
    Printer printer = context.printer();
    ExecutionId id = context.lookup().execution(context.arguments().requiredOperand());
    ExecutionState state = Runner.cancel(context.store(), id);
    if (state == ExecutionState.SUCCEEDED || state == ExecutionState.FAILED) {
      throw CliException.notFound(
          "cannot cancel execution " + id + ": it has already ended in state " + state);
    }
    Execution execution = printer.format() == Format.TABLE ? null : context.store().execution(id);
    if (execution == null) {
      context.out().println("execution " + id + " " + state);
    } else {
      printer.one(execution, context.views().executions());
    }
    if (state == ExecutionState.CANCELLING && isSomethingLeft(context.store(), id)) {
      context
          .messages()
          .say(
              "its \"finally\" tasks must run before the execution ends, and they need a worker;"
                  + " to end it without them, cancel it again");
    }
    return ExitCode.DONE;
  }

  private static boolean isSomethingLeft(StateStore store, ExecutionId id) {
    return store.taskRuns(id).stream().anyMatch(run -> run.state().isStartable());
  }
}
