package dev.waymark.cli.internal.command.base;

import dev.waymark.cli.internal.base.CliException;
import dev.waymark.cli.internal.base.ExitCode;
import dev.waymark.cli.internal.output.Format;
import dev.waymark.cli.internal.output.Numbers;
import dev.waymark.cli.internal.output.Printable;
import dev.waymark.cli.internal.output.Printer;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunState;
import java.util.List;

/**
 * Reports how an execution ended: the result on standard output, the failures on standard error,
 * and the exit code.
 */
public final class Result {
  private static final int FAILURES_SHOWN = 3;

  private final Context context;
  private final Printer printer;

  public Result(Context context, Printer printer) {
    this.context = context;
    this.printer = printer;
  }

  /** Reports an execution that has ended. Returns the exit code. */
  public int report(ExecutionId id) {
    Execution execution = context.store().execution(id);
    if (execution == null) {
      throw CliException.notFound("execution " + id + " no longer exists");
    }
    if (execution.state() == ExecutionState.FAILED) {
      reportFailures(execution);
    }
    if (printer.format() == Format.TABLE) {
      context.out().println("execution " + id + " " + execution.state());
    } else {
      printer.one(execution, context.views().executions());
    }
    return exitCode(execution.state());
  }

  private static int exitCode(ExecutionState state) {
    return switch (state) {
      case SUCCEEDED -> ExitCode.DONE;
      case CANCELLED -> ExitCode.CANCELLED;
      default -> ExitCode.EXECUTION_FAILED;
    };
  }

  private void reportFailures(Execution execution) {
    List<TaskRun> failed =
        context.store().taskRuns(execution.id()).stream()
            .filter(taskRun -> taskRun.state() == TaskRunState.FAILED)
            .toList();
    for (TaskRun taskRun : failed.subList(0, Math.min(FAILURES_SHOWN, failed.size()))) {
      report(taskRun);
    }
    if (failed.size() > FAILURES_SHOWN) {
      context
          .messages()
          .say(
              Numbers.count(failed.size() - FAILURES_SHOWN, "more task")
                  + " failed; see "
                  + context.commandLine("executions show " + execution.id()));
    }
    if (failed.isEmpty() && execution.error() != null) {
      context.messages().say("execution " + execution.id() + " failed: " + execution.error());
    }
  }

  private void report(TaskRun taskRun) {
    Attempt last =
        taskRun.lastAttempt() == 0
            ? null
            : context.store().attempt(new AttemptId(taskRun.id(), taskRun.lastAttempt()));
    String tries = taskRun.lastAttempt() > 1 ? " after " + taskRun.lastAttempt() + " attempts" : "";
    String why =
        last == null || last.error() == null ? "" : ": " + Printable.firstLine(last.error());
    context
        .messages()
        .say(
            "task "
                + taskRun.taskId()
                + " failed"
                + tries
                + why
                + "\n  show its output: "
                + context.commandLine(
                    "logs " + taskRun.executionId() + " --task " + taskRun.taskId()));
  }
}
