package dev.waymark.worker.internal.settle;

import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.StateStore;
import dev.waymark.worker.internal.base.EndedExecutions;
import dev.waymark.worker.internal.base.Refusals;

/** Cancels an execution, with all that has not ended in it, in one change set. */
public final class Cancellation {
  /** Each refusal means that others made progress, so this is enough. */
  private static final int MAX_TRIES = 20;

  private Cancellation() {}

  /** As {@code Worker.cancel}. */
  public static ExecutionState cancel(StateStore store, ExecutionId id) {
    for (int tries = 1; ; tries++) {
      ExecutionProgress read = store.executionProgress(id);
      if (read == null) {
        throw Refusals.notFound("cancel", RecordRef.of(id), "an execution");
      }
      if (read.execution().state().isTerminal()) {
        return read.execution().state();
      }
      try {
        return cancel(store, read);
      } catch (RefusedException e) {
        if (tries == MAX_TRIES) {
          throw e;
        }
      }
    }
  }

  private static ExecutionState cancel(StateStore store, ExecutionProgress read) {
    Draft draft = Draft.of(read, store, Ids.system());
    draft.end(ExecutionState.CANCELLED, "cancelled", null);
    ExecutionId id = read.execution().id();
    draft.changes().clearDue(id, DueReason.SETTLE).clearDue(id, DueReason.DEADLINE);
    store.commit(draft.changes().build());
    EndedExecutions.ended(id);
    return ExecutionState.CANCELLED;
  }
}
