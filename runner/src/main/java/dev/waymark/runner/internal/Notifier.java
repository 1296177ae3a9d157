package dev.waymark.runner.internal;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.runner.RunListener;
import dev.waymark.runner.TaskRunProgress;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a listener, whose mistakes must not harm a run, and the log, where leases change hands. */
final class Notifier {
  private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);

  private final RunListener listener;

  Notifier(RunListener listener) {
    this.listener = listener;
  }

  void started(ExecutionProgress progress) {
    tell(
        () ->
            listener.executionStarted(
                progress.execution(),
                progress.taskRuns().stream().map(ExecutionProgress.Item::taskRun).toList()));
  }

  /** Tells what changed of these nodes, each change once. */
  void changed(Job job, Collection<Node> nodes) {
    nodes.forEach(node -> tell(node.news(job.id(), false)));
  }

  /** Tells that this worker has claimed a node, unless that was told already. */
  void claimed(Job job, Node node) {
    tell(node.news(job.id(), true));
  }

  private void tell(@Nullable TaskRunProgress news) {
    if (news != null) {
      tell(() -> listener.taskRunChanged(news));
    }
  }

  /** This worker had the attempt, and has lost it. */
  void leaseLost(LocalAttempt local, String worker) {
    LOG.atInfo()
        .addKeyValue("execution", local.execution())
        .addKeyValue("taskRun", local.id().taskRunId())
        .addKeyValue("attempt", local.id().number())
        .addKeyValue("worker", worker)
        .log("the lease of an attempt was lost; what came of it here does not count");
    tell(() -> listener.leaseLost(local.id()));
  }

  /** Another worker, or an earlier life of this one, had the attempt, and it is taken up here. */
  void recovers(ExecutionId execution, AttemptId attempt, String worker) {
    LOG.atInfo()
        .addKeyValue("execution", execution)
        .addKeyValue("taskRun", attempt.taskRunId())
        .addKeyValue("attempt", attempt.number())
        .addKeyValue("worker", worker)
        .log("an attempt was left behind by its worker; taking it up");
  }

  void ended(Execution execution) {
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
