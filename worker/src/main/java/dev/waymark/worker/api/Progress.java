package dev.waymark.worker.api;

import dev.waymark.core.model.Execution;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ExecutionProgress;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The state of an execution, from which {@link Next} decides. Immutable.
 *
 * <pre>{@code
 * Next join =
 *     (progress, plan) -> {
 *       if (progress.succeeded("left", "right")) {
 *         plan.run("join", progress.result("left"));
 *       }
 *     };
 * }</pre>
 *
 * @since 0.1.0
 */
public final class Progress {
  private static final int NAMED_FAILURES = 3;

  private final ExecutionProgress records;
  private final Map<String, ExecutionProgress.Item> byTask = new HashMap<>();
  private final Map<TaskId, TaskId> newest = new HashMap<>();
  private final @Nullable TaskRun ended;
  private final boolean overdue;

  /**
   * Creates a progress, also for a test of a {@link Next}.
   *
   * @param records the records
   * @param ended the task run whose attempt has just ended, or null
   * @param overdue whether the time-out of the execution has passed
   */
  public Progress(ExecutionProgress records, @Nullable TaskRun ended, boolean overdue) {
    this.records = records;
    this.ended = ended;
    this.overdue = overdue;
    for (ExecutionProgress.Item item : records.taskRuns()) {
      TaskId id = item.taskRun().taskId();
      byTask.put(id.value(), item);
      newest.merge(id.task(), id, Progress::newer);
    }
  }

  /**
   * The records from one snapshot, with the end of the attempt applied. Times of what is being
   * recorded are not known yet, and null.
   */
  public ExecutionProgress records() {
    return records;
  }

  /**
   * The task run whose attempt has just ended, after that: it may be RETRYING or WAITING. Null when
   * the execution is examined for another reason.
   */
  public @Nullable TaskRun ended() {
    return ended;
  }

  /** Whether the time-out of the execution ({@code DueReason.DEADLINE}) has passed. */
  public boolean overdue() {
    return overdue;
  }

  /** The execution. */
  public Execution execution() {
    return records.execution();
  }

  /** The state of a task; null when it has no task run yet. */
  public @Nullable TaskRunState state(String task) {
    ExecutionProgress.Item item = byTask.get(task);
    return item == null ? null : item.taskRun().state();
  }

  /**
   * The newest iteration of a task that runs several times, such as {@code turn#3}; null when the
   * task has no task run yet. The next one is {@link TaskId#again}.
   *
   * <pre>{@code
   * Next next =
   *     (progress, plan) -> {
   *       TaskId last = progress.newest("turn");
   *       if (last == null) {
   *         plan.run("turn");
   *       } else if (progress.succeeded(last.value()) && last.iteration() < 5) {
   *         plan.run(last.again().value(), progress.result(last.value()));
   *       } else if (progress.succeeded(last.value())) {
   *         plan.succeed(progress.result(last.value()));
   *       }
   *     };
   * }</pre>
   *
   * @param task the task without the number of an iteration
   */
  public @Nullable TaskId newest(String task) {
    return newest.get(new TaskId(task));
  }

  private static TaskId newer(TaskId one, TaskId other) {
    return one.iteration() > other.iteration() ? one : other;
  }

  /** The result of a task; null when it has none yet. */
  public @Nullable Payload result(String task) {
    ExecutionProgress.Item item = byTask.get(task);
    return item == null ? null : item.result();
  }

  /** Whether all of these tasks have succeeded. */
  public boolean succeeded(String... tasks) {
    for (String task : tasks) {
      if (state(task) != TaskRunState.SUCCEEDED) {
        return false;
      }
    }
    return true;
  }

  /** Whether a task has ended without success and without being skipped. */
  public boolean failed(String task) {
    return isBroken(state(task));
  }

  /** Whether there are task runs, and all of them have ended. */
  public boolean isFinished() {
    return !records.taskRuns().isEmpty()
        && records.taskRuns().stream().allMatch(item -> item.taskRun().state().isTerminal());
  }

  /** Whether any task run has FAILED or was CANCELLED. */
  public boolean isBroken() {
    return records.taskRuns().stream().anyMatch(item -> isBroken(item.taskRun().state()));
  }

  private static boolean isBroken(@Nullable TaskRunState state) {
    return state == TaskRunState.FAILED || state == TaskRunState.CANCELLED;
  }

  /** The tasks that {@link #isBroken broke} the execution, as a text for its error. */
  public String failures() {
    return records.taskRuns().stream()
        .filter(item -> isBroken(item.taskRun().state()))
        .limit(NAMED_FAILURES)
        .map(Progress::failure)
        .collect(Collectors.joining("; "));
  }

  private static String failure(ExecutionProgress.Item item) {
    String task = "task " + item.taskRun().taskId();
    if (item.attempts().isEmpty()) {
      return task + " was cancelled";
    }
    String error = item.attempts().get(item.attempts().size() - 1).error();
    return error == null ? task + " failed" : task + ": " + error;
  }
}
