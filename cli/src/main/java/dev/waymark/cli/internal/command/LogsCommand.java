package dev.waymark.cli.internal.command;

import dev.waymark.cli.internal.base.CliException;
import dev.waymark.cli.internal.base.ExitCode;
import dev.waymark.cli.internal.command.base.AttemptLog;
import dev.waymark.cli.internal.command.base.Command;
import dev.waymark.cli.internal.command.base.Context;
import dev.waymark.cli.internal.command.base.LogFollower;
import dev.waymark.cli.internal.output.Printable;
import dev.waymark.cli.internal.syntax.Operand;
import dev.waymark.cli.internal.syntax.Option;
import dev.waymark.cli.internal.syntax.Syntax;
import dev.waymark.cli.internal.syntax.Values;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.api.TaskLogs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prints the output of attempts. */
final class LogsCommand implements Command {
  private static final Option TASK =
      Option.of("ID", "Task whose output is printed; TASK#N is its iteration N.", "--task");
  private static final Option ATTEMPT =
      Option.of("N", "Number of the attempt (default: the last one).", "--attempt");
  private static final Option FOLLOW =
      Option.flag("Print new output as it is written, until the execution ends.", "-f", "--follow");

  @Override
  public Syntax syntax() {
    return Syntax.of("logs", "Print the output of the tasks of an execution, byte for byte.")
        .operand(new Operand("EXECUTION", true, "ID of the execution, or a unique prefix."))
        .options(TASK, ATTEMPT, FOLLOW)
        .details(
            "Without --attempt, the command prints the output of the last attempt of each task."
                + " If there are several outputs, each one starts with the line"
                + " \"==> TASK, attempt N, STATE <==\". A single output has no such line.",
            "The output is kept beside the store, in PATH.logs, on the machine that ran the task."
                + " Up to a limit it is also kept in the store, where every machine can read it.")
        .examples(
            "logs 0190a1b2",
            "logs 0190a1b2 -f",
            "logs 0190a1b2 --task extract",
            "logs 0190a1b2 --task extract --attempt 1");
  }

  @Override
  public boolean reads() {
    return true;
  }

  @Override
  public int run(Context context) {
    String given = context.arguments().value(ATTEMPT);
    Integer number = given == null ? null : Values.number("--attempt", given, 1, Integer.MAX_VALUE);
    ExecutionId id = context.lookup().execution(context.arguments().requiredOperand());
    String task = context.arguments().value(TASK);
    if (context.arguments().has(FOLLOW)) {
      return follow(context, id, task, number);
    }
    List<TaskRun> taskRuns =
        task == null ? context.store().taskRuns(id) : List.of(context.lookup().taskRun(id, task));
    List<Attempt> attempts =
        taskRuns.stream()
            .filter(taskRun -> taskRun.lastAttempt() >= (number == null ? 1 : number))
            .map(taskRun -> attempt(context.store(), taskRun, number))
            .toList();
    if (attempts.isEmpty()) {
      return nothing(context, taskRuns, number);
    }
    for (int i = 0; i < attempts.size(); i++) {
      print(context, taskRuns, attempts.get(i), attempts.size() > 1, i > 0);
    }
    return ExitCode.DONE;
  }

  private static int follow(
      Context context, ExecutionId id, @Nullable String task, @Nullable Integer number) {
    if (number != null) {
      throw CliException.usage(
          "--attempt cannot be combined with -f, which prints every attempt; give one of them");
    }
    TaskRun only = task == null ? null : context.lookup().taskRun(id, task);
    try {
      new LogFollower(context, id, run -> only == null || run.id().equals(only.id()), only == null)
          .follow();
      return ExitCode.DONE;
    } catch (IOException e) {
      throw CliException.notFound(
          "cannot read the output of execution " + id + ": " + e.getMessage());
    }
  }

  private static Attempt attempt(StateStore store, TaskRun taskRun, @Nullable Integer number) {
    int wanted = number == null ? taskRun.lastAttempt() : number;
    Attempt attempt = store.attempt(new AttemptId(taskRun.id(), wanted));
    if (attempt == null) {
      throw CliException.notFound("task " + taskRun.taskId() + " has no attempt " + wanted);
    }
    return attempt;
  }

  private static int nothing(Context context, List<TaskRun> taskRuns, @Nullable Integer number) {
    if (number != null) {
      int most = taskRuns.stream().mapToInt(TaskRun::lastAttempt).max().orElse(0);
      throw CliException.notFound(
          "attempt "
              + number
              + " does not exist"
              + (most == 0 ? "; no attempt has started" : "; the last attempt is " + most));
    }
    context
        .messages()
        .say(
            taskRuns.size() == 1
                ? "task "
                    + taskRuns.get(0).taskId()
                    + " has no attempt; it is "
                    + taskRuns.get(0).state()
                : "no task has started");
    return ExitCode.DONE;
  }

  private static void print(
      Context context,
      List<TaskRun> taskRuns,
      Attempt attempt,
      boolean heading,
      boolean blankBefore) {
    TaskRun taskRun =
        taskRuns.stream()
            .filter(each -> each.id().equals(attempt.id().taskRunId()))
            .findFirst()
            .orElseThrow();
    if (heading) {
      context
          .out()
          .println(
              (blankBefore ? "\n" : "")
                  + "==> "
                  + taskRun.taskId()
                  + ", attempt "
                  + attempt.number()
                  + ", "
                  + attempt.state()
                  + " <==");
    }
    TaskLogs logs = new TaskLogs(context.logDirectory());
    AttemptLog log = new AttemptLog(context.store(), logs, taskRun, attempt);
    try {
      log.copy(context.out(), () -> {});
      if (!log.isFound()) {
        context.out().flush();
        context.messages().say(missing(taskRun, attempt, logs));
      } else if (isCut(context, logs, taskRun, attempt)) {
        context.out().flush();
        context.messages().say(cut(taskRun, attempt));
      }
    } catch (IOException e) {
      throw CliException.notFound(
          "cannot read the output of task " + taskRun.taskId() + ": " + e.getMessage());
    }
  }

  /** Whether the store has only the beginning, and the log file is on another machine. */
  private static boolean isCut(Context context, TaskLogs logs, TaskRun taskRun, Attempt attempt) {
    Path file = logs.path(taskRun.executionId(), taskRun.taskId(), attempt.number());
    return !Files.exists(file)
        && context.store().log(attempt.id(), 0, 1).length()
            >= context.store().limits().maxLogBytes();
  }

  private static String cut(TaskRun taskRun, Attempt attempt) {
    return "the output of task "
        + taskRun.taskId()
        + ", attempt "
        + attempt.number()
        + ", exceeds maxLogBytes, the limit of the store; the rest is on the machine of worker "
        + attempt.worker();
  }

  /**
   * An attempt that could not start has an error and no output. Any other missing output was
   * deleted, or is on another machine.
   */
  private static String missing(TaskRun taskRun, Attempt attempt, TaskLogs logs) {
    String name = "task " + taskRun.taskId() + ", attempt " + attempt.number();
    String error = attempt.error();
    if (attempt.exitCode() == null && error != null) {
      return name + ", has no output: " + Printable.firstLine(error);
    }
    return "found no output of "
        + name
        + ", in "
        + logs.directory()
        + " or in the store; it wrote nothing, its output was deleted, or its output is only on the"
        + " machine of worker "
        + attempt.worker();
  }
}
