package dev.waymark.runner.internal;

import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.core.store.Claims.Leased;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.RefusedException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of an execution of which a task was claimed and that no worker like this one can
 * run: its definition cannot be read, or its task runs are not those of the definition. It fails,
 * and says why; to leave it would leave what was claimed RUNNING for ever.
 */
record Unfit(Config config) {

  /** The attempt that was claimed has failed, and with it the execution. */
  void refuse(Claimed claimed, WaymarkException why) {
    String error = error(why);
    ChangeSet.Builder changes = ChangeSet.builder(config.ids().commitId());
    changes.updateAttempt(claimed.attempt().id(), AttemptState.FAILED, null, error);
    changes.updateTaskRun(
        claimed.taskRun().id(), TaskRunState.FAILED, null, claimed.attempt().number());
    end(changes, claimed.execution().id(), claimed.taskRun(), error);
  }

  /** The attempt whose lease is over is lost, and with it the execution. */
  void lose(Leased expired, WaymarkException why) {
    String error = error(why);
    TaskRun run =
        config
            .patience()
            .<@Nullable TaskRun>call(() -> config.store().taskRun(expired.attempt().taskRunId()));
    if (run != null) {
      ChangeSet.Builder changes = ChangeSet.builder(config.ids().commitId());
      changes.loseAttempt(expired.attempt(), error);
      changes.updateTaskRun(run.id(), TaskRunState.FAILED);
      end(changes, expired.executionId(), run, error);
    }
  }

  private @Nullable String error(WaymarkException why) {
    return Errors.cut(why.getMessage(), config.store().limits().maxErrorBytes());
  }

  /** Ends what has not begun; the execution ends here, or with the last of what still runs. */
  private void end(
      ChangeSet.Builder changes, ExecutionId id, TaskRun failed, @Nullable String error) {
    ExecutionProgress progress =
        config
            .patience()
            .<@Nullable ExecutionProgress>call(() -> config.store().executionProgress(id));
    boolean live = false;
    for (ExecutionProgress.Item each :
        progress == null ? List.<ExecutionProgress.Item>of() : progress.taskRuns()) {
      TaskRun run = each.taskRun();
      if (run.id().equals(failed.id()) || run.state().isTerminal()) {
        continue;
      }
      live |= run.state() == TaskRunState.RUNNING;
      if (run.state() == TaskRunState.PENDING) {
        changes.updateTaskRun(run.id(), TaskRunState.SKIPPED, run.version(), null);
      } else if (run.state() == TaskRunState.RETRYING) {
        changes.updateTaskRun(run.id(), TaskRunState.CANCELLED, run.version(), null);
      }
    }
    boolean ends =
        progress != null && !live && progress.execution().state() == ExecutionState.RUNNING;
    if (ends) {
      changes.updateExecution(id, ExecutionState.FAILED, null, error);
    }
    ChangeSet whole = changes.build();
    try {
      var unused = config.patience().call(() -> config.store().commit(whole));
    } catch (RefusedException e) {
      // Others have got on meanwhile; the lease runs out, and it is looked at again.
    }
  }
}
