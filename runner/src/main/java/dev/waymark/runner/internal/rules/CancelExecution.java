package dev.waymark.runner.internal.rules;

import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.ExecutionDetails.TaskRunDetails;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.definition.Stage;
import dev.waymark.runner.definition.TaskDefinition;
import dev.waymark.runner.internal.start.Definitions;
import dev.waymark.worker.internal.base.Errors;
import dev.waymark.worker.internal.base.Refusals;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/** Cancels executions from any process, whether or not a worker works on them. */
public final class CancelExecution {
  /** Each refusal means that the execution made progress meanwhile, so few tries are needed. */
  private static final int MAX_TRIES = 100;

  /** The error of an execution that was cancelled. */
  static final String ERROR = "cancelled on request";

  private CancelExecution() {}

  /**
   * As {@link dev.waymark.runner.Runner#cancel(StateStore, ExecutionId)}.
   *
   * @param definitions reads the definition of an execution of which an attempt has begun
   */
  public static ExecutionState cancel(StateStore store, Definitions definitions, ExecutionId id) {
    return cancel(store, definitions, id, false);
  }

  /**
   * Cancels a child that is due for it because of its parent. If it is being cancelled already, or
   * has ended, only the due mark is cleared.
   */
  public static ExecutionState cancelWithParent(
      StateStore store, Definitions definitions, ExecutionId id) {
    return cancel(store, definitions, id, true);
  }

  private static ExecutionState cancel(
      StateStore store, Definitions definitions, ExecutionId id, boolean withParent) {
    for (int tries = 1; ; tries++) {
      ExecutionDetails details = store.executionDetails(id);
      if (details == null) {
        throw Refusals.notFound("cancel", RecordRef.of(id), "an execution");
      }
      ExecutionState state = details.execution().state();
      if (withParent && (state.isTerminal() || state == ExecutionState.CANCELLING)) {
        store.commit(ChangeSet.builder().clearDue(id, DueReason.CANCEL).build());
        return state;
      }
      if (state.isTerminal()) {
        return state;
      }
      try {
        return cancel(store, details, isKept(store, definitions, details));
      } catch (RefusedException e) {
        if (tries == MAX_TRIES) {
          throw e;
        }
      }
    }
  }

  /**
   * Returns which tasks still run although the execution is cancelled: those of {@code finally}, at
   * the first cancellation, if any attempt has begun. If the definition cannot be read here, these
   * tasks are unknown, and all tasks are left to a worker that can read it.
   */
  private static Predicate<TaskId> isKept(
      StateStore store, Definitions definitions, ExecutionDetails details) {
    Execution execution = details.execution();
    boolean hasBegun = details.taskRuns().stream().anyMatch(each -> !each.attempts().isEmpty());
    Workflow workflow =
        hasBegun && execution.state() != ExecutionState.CANCELLING
            ? store.workflow(execution.workflowId(), execution.workflowRevision())
            : null;
    if (workflow == null) {
      return task -> false;
    }
    try {
      Set<TaskId> kept = new HashSet<>();
      for (TaskDefinition task : definitions.of(workflow).tasks()) {
        if (task.stage() == Stage.FINALLY) {
          kept.add(task.id());
        }
      }
      return kept::contains;
    } catch (WaymarkException e) {
      return task -> true;
    }
  }

  /**
   * Cancels the waiting task runs at once. Running ones are left to their workers, and kept ones to
   * any worker. If there are neither, the execution ends here. The next execution of a workflow
   * with a limit of parallel executions is then notified.
   */
  private static ExecutionState cancel(
      StateStore store, ExecutionDetails details, Predicate<TaskId> isKept) {
    Execution execution = details.execution();
    ChangeSet.Builder changes = ChangeSet.builder();
    boolean live = false;
    boolean kept = false;
    for (TaskRunDetails each : details.taskRuns()) {
      TaskRun run = each.taskRun();
      boolean waits = run.state().isStartable();
      live |= run.state() == TaskRunState.RUNNING;
      kept |= waits && isKept.test(run.taskId().task());
      if (waits && !isKept.test(run.taskId().task())) {
        changes.updateTaskRun(run.id(), TaskRunState.CANCELLED, run.version());
      }
    }
    if (live || kept) {
      leaveRest(changes, execution);
    } else {
      end(store, changes, execution);
    }
    store.commit(changes.build());
    return live || kept ? ExecutionState.CANCELLING : ExecutionState.CANCELLED;
  }

  /**
   * Leaves the rest to workers. A second cancellation also ends the running attempts of the last
   * stage.
   */
  private static void leaveRest(ChangeSet.Builder changes, Execution execution) {
    if (execution.state() == ExecutionState.CANCELLING) {
      changes.clearDue(execution.id(), DueReason.DEADLINE);
      changes.markDue(execution.id(), DueReason.DEADLINE, Duration.ZERO);
    } else {
      changes.updateExecution(execution.id(), ExecutionState.CANCELLING, execution.version());
      changes.clearDue(execution.id(), DueReason.CANCEL);
    }
    // A live attempt may have ended meanwhile, and its worker may have nothing more to do with it.
    changes.markDue(execution.id(), DueReason.SETTLE, Duration.ZERO);
  }

  private static void end(StateStore store, ChangeSet.Builder changes, Execution execution) {
    long version = execution.version();
    boolean direct = execution.state().canMoveTo(ExecutionState.CANCELLED);
    if (!direct) {
      changes.updateExecution(execution.id(), ExecutionState.CANCELLING, version++);
    }
    String error = Errors.cut(ERROR, store.limits().maxErrorBytes());
    changes.add(
        new Change.UpdateExecution(execution.id(), ExecutionState.CANCELLED, version, error));
    changes.clearDue(execution.id(), DueReason.DEADLINE);
    ExecutionId next = ConcurrencyGate.oldestWaiting(store, execution.workflowId(), execution.id());
    if (next != null) {
      // The next execution may be waiting for the end of this one, and no worker sees this end.
      changes.markDue(next, DueReason.SETTLE, Duration.ZERO);
    }
  }
}
