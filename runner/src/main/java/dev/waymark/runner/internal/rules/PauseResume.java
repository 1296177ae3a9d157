package dev.waymark.runner.internal.rules;

import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.internal.base.Refusals;
import java.time.Duration;

/** Pauses and resumes executions, from any process. */
public final class PauseResume {
  /** Each refusal means that the execution made progress meanwhile, so few tries are needed. */
  private static final int MAX_TRIES = 100;

  private PauseResume() {}

  /** As {@link dev.waymark.runner.Runner#pause}. */
  public static ExecutionState pause(StateStore store, ExecutionId id) {
    return move(store, id, "pause", ExecutionState.PAUSED);
  }

  /** As {@link dev.waymark.runner.Runner#resume}. */
  public static ExecutionState resume(StateStore store, ExecutionId id) {
    return move(store, id, "resume", ExecutionState.RUNNING);
  }

  private static ExecutionState move(
      StateStore store, ExecutionId id, String what, ExecutionState to) {
    for (int tries = 1; ; tries++) {
      Execution execution = store.execution(id);
      if (execution == null) {
        throw Refusals.notFound(what, RecordRef.of(id), "an execution");
      }
      boolean waits = to == ExecutionState.RUNNING && execution.state() == ExecutionState.PENDING;
      if (execution.state() == to || waits || !execution.state().canMoveTo(to)) {
        return execution.state();
      }
      ChangeSet.Builder changes = ChangeSet.builder();
      changes.updateExecution(id, to, execution.version(), null);
      if (to == ExecutionState.RUNNING) {
        // The task runs that were ready when it was paused are no longer ready.
        changes.markDue(id, DueReason.SETTLE, Duration.ZERO);
      }
      try {
        store.commit(changes.build());
        return to;
      } catch (RefusedException e) {
        if (tries == MAX_TRIES) {
          throw e;
        }
      }
    }
  }
}
