package dev.waymark.spring.internal.config;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.TaskRun;
import dev.waymark.runner.api.RunListener;
import dev.waymark.runner.api.TaskRunProgress;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notifies several listeners, each also if another one throws an exception. */
record RunListeners(List<RunListener> all) implements RunListener {
  private static final Logger LOG = LoggerFactory.getLogger(RunListeners.class);

  private void notifyEach(Consumer<RunListener> event) {
    for (RunListener each : all) {
      try {
        event.accept(each);
      } catch (RuntimeException e) {
        LOG.warn("run listener {} has failed", each.getClass().getName(), e);
      }
    }
  }

  @Override
  public void executionStarted(Execution execution, List<TaskRun> taskRuns) {
    notifyEach(each -> each.executionStarted(execution, taskRuns));
  }

  @Override
  public void taskRunChanged(TaskRunProgress progress) {
    notifyEach(each -> each.taskRunChanged(progress));
  }

  @Override
  public void leaseLost(AttemptId attempt) {
    notifyEach(each -> each.leaseLost(attempt));
  }

  @Override
  public void executionEnded(Execution execution) {
    notifyEach(each -> each.executionEnded(execution));
  }
}
