package dev.waymark.cli.internal.command.base;

import dev.waymark.core.internal.Backoff;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.runner.api.TaskLogs;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Prints the output of the attempts of an execution while they write it, until the execution ends.
 * A heading names the attempt whenever the output switches to another attempt.
 */
public final class LogFollower {
  private static final long PAUSE_MILLIS = 250;

  private final Context context;
  private final ExecutionId id;
  private final Predicate<TaskRun> wanted;
  private final boolean headings;
  private final Map<AttemptId, AttemptLog> open = new LinkedHashMap<>();
  private final Set<AttemptId> done = new HashSet<>();
  private @Nullable AttemptId last;

  /**
   * Follows an execution.
   *
   * @param wanted selects the task runs whose output is shown
   * @param headings whether to print headings, because several task runs may be shown
   */
  public LogFollower(Context context, ExecutionId id, Predicate<TaskRun> wanted, boolean headings) {
    this.context = context;
    this.id = id;
    this.wanted = wanted;
    this.headings = headings;
  }

  /** Follows the execution until it ends. */
  public void follow() throws IOException {
    while (true) {
      // Read the execution first: if it has ended, all output has been written.
      Execution execution = context.store().execution(id);
      copyAll();
      context.out().flush();
      boolean ended = execution == null || execution.state().isTerminal();
      if (ended || Thread.currentThread().isInterrupted()) {
        return;
      }
      Backoff.sleep(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void copyAll() throws IOException {
    for (TaskRun taskRun : context.store().taskRuns(id)) {
      if (taskRun.lastAttempt() == 0 || !wanted.test(taskRun)) {
        continue;
      }
      for (Attempt attempt : context.store().attempts(taskRun.id())) {
        if (!done.contains(attempt.id())) {
          copy(taskRun, attempt);
        }
      }
    }
  }

  private void copy(TaskRun taskRun, Attempt attempt) throws IOException {
    TaskLogs logs = new TaskLogs(context.logDirectory());
    AttemptLog log =
        open.computeIfAbsent(
            attempt.id(), key -> new AttemptLog(context.store(), logs, taskRun, attempt));
    log.copy(context.out(), () -> heading(taskRun, attempt));
    if (attempt.state().isTerminal()) {
      open.remove(attempt.id());
      done.add(attempt.id());
    }
  }

  private void heading(TaskRun taskRun, Attempt attempt) {
    if (headings && !attempt.id().equals(last)) {
      context
          .out()
          .println(
              (last == null ? "" : "\n")
                  + "==> "
                  + taskRun.taskId()
                  + ", attempt "
                  + attempt.number()
                  + " <==");
    }
    last = attempt.id();
  }
}
