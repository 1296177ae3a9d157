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
    tell(
        () ->
            listener.executionStarted(
                progress.execution(),
                progress.taskRuns().stream().map(ExecutionProgress.Item::taskRun).toList()));
  }

  /** Reports the changes of these nodes, each change once. */
  public void changed(ExecutionPicture picture, Collection<TaskRunPicture> nodes) {
    nodes.forEach(node -> tell(node.news(picture.id(), false)));
  }

  /** Reports that this worker has claimed a node, unless that was already reported. */
  public void claimed(ExecutionPicture picture, TaskRunPicture node) {
    tell(node.news(picture.id(), true));
  }

  private void tell(@Nullable TaskRunProgress news) {
    if (news != null) {
      tell(() -> listener.taskRunChanged(news));
    }
  }

  /** Reports that this worker has lost an attempt. */
  public void leaseLost(LocalAttempt local, String worker) {
    LOG.atInfo()
        .addKeyValue("execution", local.execution())
        .addKeyValue("taskRun", local.id().taskRunId())
        .addKeyValue("attempt", local.id().number())
        .addKeyValue("worker", worker)
        .log("the lease of an attempt was lost; what came of it here does not count");
    tell(() -> listener.leaseLost(local.id()));
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
        .log("an attempt was left behind by its worker; taking it up");
  }

  public void ended(Execution execution) {
    tell(() -> listener.executionEnded(execution));
  }

  private static void tell(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      LOG.warn("a run listener failed; the run goes on", e);
    }
  }
}
