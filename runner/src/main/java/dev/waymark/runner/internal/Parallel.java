package dev.waymark.runner.internal;

import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.ExecutionQuery;
import dev.waymark.core.store.StateStore;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Executions of a workflow that bounds how many may run: each begins only when the store admits it.
 * Whoever ends one calls upon the oldest that waits. Should he die before he has done so, that one
 * looks again after a while by itself.
 */
record Parallel(StateStore store, Patience patience, Ids ids) {
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(15);

  /** Lets an execution begin that waits, where it may; true when it has begun. */
  boolean admit(Job job) {
    int most = Objects.requireNonNull(job.definition().maxParallel());
    WorkflowId workflow = job.found().workflowId();
    ChangeSet asking =
        ChangeSet.builder(ids.commitId())
            .admitExecution(job.id(), workflow, most)
            .clearDue(job.id(), DueReason.SETTLE)
            .build();
    if (patience.call(() -> store.commit(asking)).outcomes().get(0).changed()) {
      return true;
    }
    if (job.id().equals(oldestWaiting(workflow))) {
      call(job.id(), LOOK_AGAIN);
    }
    return false;
  }

  /** One execution has ended, so the oldest that waits may begin. */
  void letNextBegin(Job ended) {
    ExecutionId next =
        ended.definition().maxParallel() == null ? null : oldestWaiting(ended.found().workflowId());
    if (next != null) {
      call(next, Duration.ZERO);
    }
  }

  private void call(ExecutionId id, Duration after) {
    ChangeSet calling =
        ChangeSet.builder(ids.commitId()).markDue(id, DueReason.SETTLE, after).build();
    var unused = patience.call(() -> store.commit(calling));
  }

  private @Nullable ExecutionId oldestWaiting(WorkflowId workflow) {
    ExecutionQuery waiting =
        ExecutionQuery.builder().workflow(workflow).states(ExecutionState.PENDING).limit(1).build();
    return patience.call(() -> store.executions(waiting)).items().stream()
        .map(Execution::id)
        .findFirst()
        .orElse(null);
  }
}
