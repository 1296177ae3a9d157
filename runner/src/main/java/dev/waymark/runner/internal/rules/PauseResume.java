package dev.waymark.runner.internal.rules;

import dev.waymark.core.conflict.NotFoundException;
import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.internal.start.Definitions;
import dev.waymark.worker.internal.base.Refusals;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Pauses and resumes executions, from any process. */
public final class PauseResume {
  /** Each refusal means that the execution made progress meanwhile, so few tries are needed. */
  private static final int MAX_TRIES = 100;

  private PauseResume() {}

  /** As {@link dev.waymark.runner.Runner#pause}. */
  public static ExecutionState pause(StateStore store, ExecutionId id) {
    return repeated(
        () -> {
          Execution execution = existing(store, id, "pause");
          if (!execution.state().canMoveTo(ExecutionState.PAUSED)) {
            return execution.state();
          }
          store.updateExecution(id, ExecutionState.PAUSED, execution.version());
          return ExecutionState.PAUSED;
        });
  }

  /** As {@link dev.waymark.runner.Runner#resume}. */
  public static ExecutionState resume(StateStore store, Definitions definitions, ExecutionId id) {
    return repeated(
        () -> {
          Execution execution = existing(store, id, "resume");
          if (execution.state() != ExecutionState.PAUSED) {
            return execution.state();
          }
          Integer most = maxParallel(store, definitions, execution);
          ChangeSet.Builder changes = ChangeSet.builder();
          if (most == null) {
            changes.updateExecution(id, ExecutionState.RUNNING, execution.version());
          } else {
            changes.resumeExecution(id, execution.workflowId(), most);
          }
          // The task runs that were ready when it was paused are no longer ready.
          changes.markDue(id, DueReason.SETTLE, Duration.ZERO);
          boolean resumed = store.commit(changes.build()).outcomes().get(0).changed();
          return resumed ? ExecutionState.RUNNING : existing(store, id, "resume").state();
        });
  }

  /** The limit of its workflow; null when it has none, or the definition cannot be read here. */
  private static @Nullable Integer maxParallel(
      StateStore store, Definitions definitions, Execution execution) {
    Workflow workflow = store.workflow(execution.workflowId(), execution.workflowRevision());
    try {
      return workflow == null ? null : definitions.of(workflow).maxParallel();
    } catch (WaymarkException e) {
      return null;
    }
  }

  private static Execution existing(StateStore store, ExecutionId id, String attempted) {
    Execution execution = store.execution(id);
    if (execution == null) {
      throw Refusals.notFound(attempted, RecordRef.of(id), "an execution");
    }
    return execution;
  }

  private static ExecutionState repeated(Supplier<ExecutionState> move) {
    for (int tries = 1; ; tries++) {
      try {
        return move.get();
      } catch (NotFoundException e) {
        throw e;
      } catch (RefusedException e) {
        if (tries == MAX_TRIES) {
          throw e;
        }
      }
    }
  }
}
