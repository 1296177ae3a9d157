package dev.waymark.cli.internal.progress;

import dev.waymark.cli.internal.base.LocalZone;
import dev.waymark.cli.internal.output.Messages;
import dev.waymark.cli.internal.output.Numbers;
import dev.waymark.cli.internal.output.Printable;
import dev.waymark.cli.internal.output.Times;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.runner.api.TaskRunProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Prints a line per change. */
public final class PlainProgress implements Progress {
  private static final int SHORT_ID = 13;

  /** Maximum number of executions, and of running tasks, that are remembered. */
  private static final int MOST_KNOWN = 20_000;

  /** How many consecutive tasks that never started are named; the others are counted. */
  private static final int NAMED = 3;

  private final Messages messages;
  private final LocalZone zone;
  private final boolean several;
  private final Map<ExecutionId, String> names = bounded();
  private final Map<TaskRunId, Instant> started = bounded();
  private @Nullable ExecutionId main;
  private @Nullable NeverBegan neverBegan;

  /** Consecutive task runs that ended without having started. */
  private record NeverBegan(ExecutionId execution, TaskRunState state, Instant at, int count) {}

  /**
   * Creates a progress display that prints lines.
   *
   * @param messages the output of the lines
   * @param zone the time zone of the lines
   * @param several whether there can be several executions, so that each line names its execution
   */
  public PlainProgress(Messages messages, LocalZone zone, boolean several) {
    this.messages = messages;
    this.zone = zone;
    this.several = several;
  }

  /** Bounded, because this process does not see the end of what other workers end. */
  private static <K, V> Map<K, V> bounded() {
    return new LinkedHashMap<>() {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > MOST_KNOWN;
      }
    };
  }

  @Override
  public synchronized void executionStarted(Execution execution, List<TaskRun> taskRuns) {
    flush();
    main = main == null ? execution.id() : main;
    names.put(
        execution.id(),
        execution.workflowId() + "/" + execution.id().toString().substring(0, SHORT_ID) + " ");
    long done = 0;
    long earlier = 0;
    for (TaskRun taskRun : taskRuns) {
      done += taskRun.state().isTerminal() ? 1 : 0;
      earlier += taskRun.taskId().iteration() > 1 ? 1 : 0;
      if (taskRun.startedAt() != null) {
        started.put(taskRun.id(), taskRun.startedAt());
      }
    }
    String about =
        "execution "
            + execution.id()
            + " of "
            + execution.workflowId()
            + " (revision "
            + execution.workflowRevision()
            + "): ";
    messages.note(
        about
            + Numbers.count(taskRuns.size() - earlier, "task")
            + (done == earlier ? "" : ", " + (done - earlier) + " already ended"));
  }

  @Override
  public synchronized void taskRunChanged(TaskRunProgress change) {
    String what = inWords(change);
    if (what != null && (change.attempt() > 0 || !change.state().isTerminal() || isNamed(change))) {
      flushUnless(change);
      line(change.at(), change.executionId(), change.taskId() + ": " + what);
    }
  }

  @Override
  public synchronized void executionEnded(Execution execution) {
    flush();
    if (saysWhich(execution.id()) && execution.endedAt() != null) {
      Instant from = execution.startedAt() == null ? execution.createdAt() : execution.startedAt();
      line(
          execution.endedAt(),
          execution.id(),
          execution.state()
              + " after "
              + Times.duration(Duration.between(from, execution.endedAt())));
    }
    names.remove(execution.id());
  }

  @Override
  public synchronized void waiting(List<String> lines) {
    flush();
    lines.forEach(line -> messages.say("waiting: " + line));
  }

  @Override
  public synchronized void close() {
    flush();
  }

  /**
   * Whether to name a task run that ended without having started. After a failure there can be
   * thousands of them.
   */
  private boolean isNamed(TaskRunProgress change) {
    flushUnless(change);
    NeverBegan row = neverBegan;
    int count = row == null ? 1 : row.count() + 1;
    neverBegan = new NeverBegan(change.executionId(), change.state(), change.at(), count);
    return count <= NAMED;
  }

  /** Prints the count of task runs that never started, unless this change adds to it. */
  private void flushUnless(TaskRunProgress change) {
    NeverBegan row = neverBegan;
    boolean oneMore =
        row != null
            && change.attempt() == 0
            && change.state() == row.state()
            && change.executionId().equals(row.execution());
    if (!oneMore) {
      flush();
    }
  }

  private void flush() {
    NeverBegan row = neverBegan;
    neverBegan = null;
    if (row != null && row.count() > NAMED) {
      String more = "and " + Numbers.grouped(row.count() - NAMED) + " more ";
      line(row.at(), row.execution(), more + row.state().name().toLowerCase(Locale.ROOT));
    }
  }

  /** Whether a line names its execution. */
  private boolean saysWhich(ExecutionId execution) {
    return several || (main != null && !main.equals(execution));
  }

  private @Nullable String inWords(TaskRunProgress change) {
    return switch (change.state()) {
      case PENDING -> null;
      case RUNNING -> {
        started.putIfAbsent(change.taskRunId(), change.at());
        yield "attempt " + change.attempt() + " started";
      }
      case RETRYING -> "attempt " + change.attempt() + ending(change) + why(change) + next(change);
      case SUCCEEDED -> "succeeded" + after(change);
      case FAILED -> "failed" + after(change) + why(change);
      case CANCELLED -> "cancelled" + after(change);
      case SKIPPED -> "skipped";
      case WAITING -> "waits";
    };
  }

  private static String ending(TaskRunProgress change) {
    if (change.attemptState() == AttemptState.LOST) {
      return " lost";
    }
    return change.attemptState() == AttemptState.CANCELLED ? " stopped" : " failed";
  }

  private String after(TaskRunProgress change) {
    Instant start = started.remove(change.taskRunId());
    String tries =
        change.attempt() > 1 && change.state() != TaskRunState.CANCELLED
            ? " at attempt " + change.attempt()
            : "";
    return tries
        + (start == null ? "" : " after " + Times.duration(Duration.between(start, change.at())));
  }

  private static String why(TaskRunProgress change) {
    return change.error() == null ? "" : ": " + Printable.firstLine(change.error());
  }

  private static String next(TaskRunProgress change) {
    if (change.retryAt() == null || !change.retryAt().isAfter(change.at())) {
      return "";
    }
    return "; retry in " + Times.duration(Duration.between(change.at(), change.retryAt()));
  }

  private void line(Instant at, ExecutionId execution, String text) {
    messages.note(
        Times.clock(at, zone)
            + " "
            + (saysWhich(execution) ? names.getOrDefault(execution, "") : "")
            + text);
  }
}
