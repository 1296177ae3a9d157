package dev.waymark.runner.internal.coordinator;

import dev.waymark.core.conflict.LeaseLostException;
import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.core.store.Claims.Leased;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.Standing;
import dev.waymark.runner.internal.rules.StepChanges;
import dev.waymark.runner.internal.worker.RunnerConfig;
import dev.waymark.worker.internal.base.Errors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Fails an execution of which a task was claimed but which no worker like this one can run: its
 * definition cannot be read, or its task runs do not match the definition. The error of the
 * execution contains the reason. Without this, the claimed task run would stay RUNNING forever.
 */
record UnrunnableExecutions(RunnerConfig config) {

  /** Each refusal means that another process wrote to the execution. Open changes stay due. */
  private static final int MAX_TRIES = 20;

  /** Fails the attempt that was claimed, and with it the execution. */
  void refuse(Claimed claimed, WaymarkException why) {
    String error = error(why);
    AttemptId attempt = claimed.attempt().id();
    end(
        claimed.execution().id(),
        attempt.taskRunId(),
        changes ->
            changes
                .add(new Change.UpdateAttempt(attempt, AttemptState.FAILED, null, error))
                .updateTaskRun(attempt, TaskRunState.FAILED),
        error);
  }

  /** Records the attempt whose lease has expired as lost, and fails the execution. */
  void lose(Leased expired, WaymarkException why) {
    String error = error(why);
    TaskRunId run = expired.attempt().taskRunId();
    end(
        expired.executionId(),
        run,
        changes ->
            changes
                .add(new Change.LoseAttempt(expired.attempt(), error))
                .updateTaskRun(run, TaskRunState.FAILED),
        error);
  }

  private @Nullable String error(WaymarkException why) {
    return Errors.cut(why.getMessage(), config.store().limits().maxErrorBytes());
  }

  /**
   * Ends the task runs that have not begun. The execution ends here, or with the last task run that
   * is still running. The store answers whether this was decided on the newest state; if not, it is
   * decided again.
   */
  private void end(
      ExecutionId id,
      TaskRunId failed,
      Consumer<ChangeSet.Builder> endOfAttempt,
      @Nullable String error) {
    boolean isEnded = false;
    for (int tries = 0; tries < MAX_TRIES; tries++) {
      ExecutionProgress progress =
          config
              .retries()
              .<@Nullable ExecutionProgress>call(() -> config.store().executionProgress(id));
      if (progress == null || progress.execution().state().isTerminal()) {
        return;
      }
      ChangeSet.Builder changes = ChangeSet.builder(config.ids().commitId());
      if (!isEnded) {
        endOfAttempt.accept(changes);
      }
      Standing before = progress.standing();
      int ended = endRest(changes, progress, failed) + (isEnded ? 0 : 1);
      int unfinished = before.unfinished() - ended;
      // The failed task run ends together with its attempt.
      ended += isEnded ? 0 : 1;
      settle(changes, progress.execution(), unfinished, before.ended() + ended, error);
      ChangeSet whole = changes.build();
      try {
        CommitResult result = config.retries().call(() -> config.store().commit(whole));
        if (!StepChanges.isStale(result)) {
          return;
        }
        isEnded = true;
      } catch (LeaseLostException e) {
        return; // Another worker has the task run now.
      } catch (RefusedException e) {
        // Others have written meanwhile. If they do not continue, the lease expires.
      }
    }
  }

  /** Ends the task runs that have not begun, and returns their number. */
  private static int endRest(
      ChangeSet.Builder changes, ExecutionProgress progress, TaskRunId failed) {
    int ended = 0;
    for (ExecutionProgress.Item each : progress.taskRuns()) {
      TaskRun run = each.taskRun();
      if (run.id().equals(failed)) {
        continue;
      }
      if (run.state() == TaskRunState.PENDING) {
        changes.updateTaskRun(run.id(), TaskRunState.SKIPPED, run.version());
        ended++;
      } else if (run.state().isStartable()) {
        changes.updateTaskRun(run.id(), TaskRunState.CANCELLED, run.version());
        ended++;
      }
    }
    return ended;
  }

  /** Ends the execution unless a part of it is running, and settles it in its new state. */
  private static void settle(
      ChangeSet.Builder changes,
      Execution execution,
      int unfinished,
      int ended,
      @Nullable String error) {
    ExecutionId id = execution.id();
    ExecutionState state = execution.state();
    long version = execution.version();
    if (unfinished == 0 && state == ExecutionState.CANCELLING) {
      state = ExecutionState.CANCELLED;
      changes.add(new Change.UpdateExecution(id, state, version++, error));
    } else if (unfinished == 0) {
      if (state != ExecutionState.RUNNING) {
        changes.updateExecution(id, ExecutionState.RUNNING, version++);
      }
      state = ExecutionState.FAILED;
      changes.add(new Change.UpdateExecution(id, state, version++, error));
    }
    changes.settleExecution(id, new Standing(version, state, unfinished, ended));
  }
}
