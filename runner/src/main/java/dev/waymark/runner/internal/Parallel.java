package dev.waymark.runner.internal;

import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.ExecutionQuery;
import dev.waymark.core.store.StateStore;
import java.time.Duration;

/** Sees to it that the next execution of a workflow begins that has a bound on how many may run. */
record Parallel(StateStore store, Patience patience, Ids ids) {

  /** One execution has ended, so the oldest that waits may begin. */
  void letNextBegin(Job ended) {
    if (ended.definition().maxParallel() == null) {
      return;
    }
    ExecutionQuery waiting =
        ExecutionQuery.builder()
            .workflow(ended.found().workflowId())
            .states(ExecutionState.PENDING)
            .limit(1)
            .build();
    for (Execution next : patience.call(() -> store.executions(waiting)).items()) {
      ChangeSet changes =
          ChangeSet.builder(ids.commitId())
              .markDue(next.id(), DueReason.SETTLE, Duration.ZERO)
              .build();
      var unused = patience.call(() -> store.commit(changes));
    }
  }
}
