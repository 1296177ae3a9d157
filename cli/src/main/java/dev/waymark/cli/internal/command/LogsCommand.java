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
  private static final Option TASK = Option.of("ID", "Only the output of this task.", "--task");
  private static final Option ATTEMPT =
      Option.of("N", "The output of this attempt instead of the last.", "--attempt");
  private static final Option FOLLOW =
      Option.flag(
          "Go on printing what is written, until the execution has ended.", "-f", "--follow");

  @Override
  public Syntax syntax() {
    return Syntax.of("logs", "Print what the tasks of an execution wrote, byte for byte.")
        .operand(new Operand("EXECUTION", true, "The execution; its id, or the beginning of it."))
        .options(TASK, ATTEMPT, FOLLOW)
        .details(
            "Without --attempt it is the output of the last attempt of each task. Several outputs"
                + " have a heading line each, \"==> TASK, attempt N, STATE <==\"; a single one has"
                + " none.",
            "Outputs are kept beside the store, in PATH.logs, on the machine where the task ran, and up"
                + " to a limit also in the store, from where every machine reads them.")
        .examples(
            "logs 0190a1b2",
            "logs 0190a1b2 -f",
            "logs 0190a1b2 --task extract",
            "logs 0190a1b2 --task extract --attempt 1");
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
          "--attempt does not go with -f, which shows every attempt as it comes");
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
          "there is no attempt "
              + number
              + (most == 0 ? "; none has begun" : "; the last is " + most));
    }
    context
        .messages()
        .say(
            taskRuns.size() == 1
                ? "task "
                    + taskRuns.get(0).taskId()
                    + " has no attempt; it is "
                    + taskRuns.get(0).state()
                : "no task has begun");
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

  /** Whether there is more of it than the store has, on the machine where it ran. */
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
        + ", is longer than the limit maxLogBytes of the store; the rest is on the machine of worker "
        + attempt.worker();
  }

  /**
   * An attempt that could not start has no output, only its error; any other output is lost or
   * elsewhere.
   */
  private static String missing(TaskRun taskRun, Attempt attempt, TaskLogs logs) {
    String name = "task " + taskRun.taskId() + ", attempt " + attempt.number();
    String error = attempt.error();
    if (attempt.exitCode() == null && error != null) {
      return name + ", has no output: " + Printable.firstLine(error);
    }
    return "the output of "
        + name
        + ", is neither in "
        + logs.directory()
        + " nor in the store; it wrote nothing, or it was deleted, or kept on the machine of worker "
        + attempt.worker()
        + " alone";
  }
}
