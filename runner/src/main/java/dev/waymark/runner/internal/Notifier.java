package dev.waymark.runner.internal;

import dev.waymark.core.model.Execution;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.runner.RunListener;
import java.util.Collection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a listener, whose mistakes must not harm a run. */
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

  void changed(Job job, Collection<Node> nodes) {
    nodes.forEach(node -> tell(() -> listener.taskRunChanged(node.progress(job.id()))));
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
