package dev.waymark.cli.internal.progress;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.api.RunListener;
import dev.waymark.runner.api.TaskRunProgress;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Follows an execution that other processes work on. It polls the store and notifies a listener of
 * changes.
 */
public final class Watcher {
  private final StateStore store;
  private final RunListener listener;
  private final Runnable pause;
  private final Map<TaskRunId, TaskRun> known = new HashMap<>();

  /** Creates a watcher of this store; {@code pause} waits between two polls. */
  public Watcher(StateStore store, RunListener listener, Runnable pause) {
    this.store = store;
    this.listener = listener;
    this.pause = pause;
  }

  /**
   * Follows an execution until it ends, and returns its final record. If the thread is interrupted,
   * returns the current record.
   */
  public Execution watch(ExecutionId id) {
    Execution execution = execution(id);
    List<TaskRun> taskRuns = store.taskRuns(id);
    taskRuns.forEach(taskRun -> known.put(taskRun.id(), taskRun));
    listener.executionStarted(execution, taskRuns);
    while (!execution.state().isTerminal()) {
      pause.run();
      if (Thread.currentThread().isInterrupted()) {
        return execution;
      }
      // Read the execution first: if it has ended, all its task runs are final.
      execution = execution(id);
      store.taskRuns(id).forEach(this::look);
    }
    listener.executionEnded(execution);
    return execution;
  }

  private Execution execution(ExecutionId id) {
    return Objects.requireNonNull(
        store.execution(id), () -> "execution " + id + " no longer exists");
  }

  private void look(TaskRun now) {
    TaskRun before = known.put(now.id(), now);
    if (before == null
        || before.version() != now.version()
        || before.lastAttempt() != now.lastAttempt()) {
      listener.taskRunChanged(progress(now));
    }
  }

  private TaskRunProgress progress(TaskRun taskRun) {
    boolean troubled =
        taskRun.state() == TaskRunState.FAILED || taskRun.state() == TaskRunState.RETRYING;
    Attempt attempt =
        taskRun.lastAttempt() == 0
            ? null
            : store.attempt(new AttemptId(taskRun.id(), taskRun.lastAttempt()));
    String error = troubled && attempt != null ? attempt.error() : null;
    return new TaskRunProgress(
        taskRun.executionId(),
        taskRun.id(),
        taskRun.taskId(),
        taskRun.state(),
        taskRun.lastAttempt(),
        attempt == null ? null : attempt.state(),
        at(taskRun, attempt),
        error,
        null);
  }

  private static Instant at(TaskRun taskRun, @Nullable Attempt attempt) {
    if (taskRun.endedAt() != null) {
      return taskRun.endedAt();
    }
    if (attempt == null) {
      return taskRun.createdAt();
    }
    return attempt.endedAt() == null ? attempt.startedAt() : attempt.endedAt();
  }
}
