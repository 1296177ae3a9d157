package dev.waymark.runner.internal;

import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.ExecutionDetails.TaskRunDetails;
import dev.waymark.core.store.RefusedException;
import dev.waymark.core.store.StateStore;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Cancels executions from any process, whether or not a worker is at them. */
public final class Cancels {
  /** Each refusal means that the execution went on meanwhile, so a handful is plenty. */
  private static final int MAX_TRIES = 100;

  /** The error of an execution that was cancelled. */
  static final String ERROR = "cancelled on request";

  private Cancels() {}

  /** As {@link dev.waymark.runner.Runner#cancel(StateStore, ExecutionId)}. */
  public static ExecutionState cancel(StateStore store, ExecutionId id) {
    for (int tries = 1; ; tries++) {
      ExecutionDetails details = store.executionDetails(id);
      if (details == null) {
        throw Refusals.notFound("cancel", RecordRef.of(id), "an execution");
      }
      if (details.execution().state().isTerminal()) {
        return details.execution().state();
      }
      try {
        return cancel(store, details);
      } catch (RefusedException e) {
        if (tries == MAX_TRIES) {
          throw e;
        }
      }
    }
  }

  /**
   * What waits is cancelled at once. What runs is left to the worker that runs it; without any, the
   * execution ends here, and the next one of a workflow that bounds how many may run is called.
   */
  private static ExecutionState cancel(StateStore store, ExecutionDetails details) {
    Execution execution = details.execution();
    ChangeSet.Builder changes = ChangeSet.builder();
    boolean live = false;
    for (TaskRunDetails each : details.taskRuns()) {
      TaskRun run = each.taskRun();
      live |= run.state() == TaskRunState.RUNNING;
      if (run.state() == TaskRunState.PENDING || run.state() == TaskRunState.RETRYING) {
        changes.updateTaskRun(run.id(), TaskRunState.CANCELLED, run.version(), null);
      }
    }
    String error = Errors.cut(ERROR, store.limits().maxErrorBytes());
    ExecutionState state = move(changes, execution, live, error);
    ExecutionId next =
        live ? null : Parallel.oldestWaiting(store, execution.workflowId(), execution.id());
    if (next != null) {
      // No worker sees the end of this one, for which that one may be waiting.
      changes.markDue(next, DueReason.SETTLE, Duration.ZERO);
    }
    if (!changes.isEmpty()) {
      store.commit(changes.build());
    }
    return state;
  }

  private static ExecutionState move(
      ChangeSet.Builder changes, Execution execution, boolean live, @Nullable String error) {
    long version = execution.version();
    boolean direct = execution.state().canMoveTo(ExecutionState.CANCELLED) && !live;
    if (!direct && execution.state() != ExecutionState.CANCELLING) {
      changes.updateExecution(execution.id(), ExecutionState.CANCELLING, version++, null);
    }
    if (live) {
      // What is live may have ended by now, and its worker have nothing more to do with it.
      changes.markDue(execution.id(), DueReason.SETTLE, Duration.ZERO);
      return ExecutionState.CANCELLING;
    }
    changes.updateExecution(execution.id(), ExecutionState.CANCELLED, version, error);
    return ExecutionState.CANCELLED;
  }
}
