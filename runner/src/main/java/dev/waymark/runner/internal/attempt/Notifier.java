package dev.waymark.runner.internal.attempt;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.runner.api.RunListener;
import dev.waymark.runner.api.TaskRunProgress;
import dev.waymark.runner.internal.rules.ExecutionPicture;
import dev.waymark.runner.internal.rules.TaskRunPicture;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notifies a listener, whose exceptions must not affect a run. Logs when a lease is lost or taken
 * over.
 */
public final class Notifier {
  private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);

  private final RunListener listener;

  public Notifier(RunListener listener) {
    this.listener = listener;
  }

  public void started(ExecutionProgress progress) {
    report(
        () ->
            listener.executionStarted(
                progress.execution(),
                progress.taskRuns().stream().map(ExecutionProgress.Item::taskRun).toList()));
  }

  /** Reports the changes of these task runs, each change once. */
  public void changed(ExecutionPicture picture, Collection<TaskRunPicture> taskRuns) {
    taskRuns.forEach(taskRun -> report(taskRun.news(picture.id(), false)));
  }

  /** Reports that this worker has claimed a task run, unless that was already reported. */
  public void claimed(ExecutionPicture picture, TaskRunPicture taskRun) {
    report(taskRun.news(picture.id(), true));
  }

  private void report(@Nullable TaskRunProgress news) {
    if (news != null) {
      report(() -> listener.taskRunChanged(news));
    }
  }

  /** Reports that this worker has lost an attempt. */
  public void leaseLost(LocalAttempt local, String worker) {
    LOG.atInfo()
        .addKeyValue("execution", local.execution())
        .addKeyValue("taskRun", local.id().taskRunId())
        .addKeyValue("attempt", local.id().number())
        .addKeyValue("worker", worker)
        .log("lost the lease of an attempt; discarding its result on this worker");
    report(() -> listener.leaseLost(local.id()));
  }

  /**
   * Logs that this worker takes over an attempt of another worker, or of an earlier worker of its
   * name.
   */
  void recovers(ExecutionId execution, AttemptId attempt, String worker) {
    LOG.atInfo()
        .addKeyValue("execution", execution)
        .addKeyValue("taskRun", attempt.taskRunId())
        .addKeyValue("attempt", attempt.number())
        .addKeyValue("worker", worker)
        .log("recovering an attempt whose worker has stopped or lost the lease");
  }

  public void ended(Execution execution) {
    report(() -> listener.executionEnded(execution));
  }

  private static void report(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      LOG.warn("a run listener threw an exception; the run continues", e);
    }
  }
}
