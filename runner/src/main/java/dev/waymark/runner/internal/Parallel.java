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
 * looks again after a while by itself: the oldest is always due, and one that begins hands that on
 * to the next in the same commit.
 */
record Parallel(StateStore store, Patience patience, Ids ids) {
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(15);

  /** Lets an execution begin that waits, where it may; true when it has begun. */
  boolean admit(Job job) {
    int most = Objects.requireNonNull(job.definition().maxParallel());
    WorkflowId workflow = job.found().workflowId();
    ChangeSet.Builder asking =
        ChangeSet.builder(ids.commitId())
            .admitExecution(job.id(), workflow, most)
            .clearDue(job.id(), DueReason.SETTLE);
    ExecutionId next = oldestWaiting(workflow, job.id());
    if (next != null) {
      asking.markDue(next, DueReason.SETTLE, LOOK_AGAIN);
    }
    ChangeSet changes = asking.build();
    if (patience.call(() -> store.commit(changes)).outcomes().get(0).changed()) {
      return true;
    }
    if (job.id().equals(oldestWaiting(workflow, null))) {
      call(job.id(), LOOK_AGAIN);
    }
    return false;
  }

  /** One execution has ended, so the oldest that waits may begin. */
  void letNextBegin(Job ended) {
    ExecutionId next =
        ended.definition().maxParallel() == null
            ? null
            : oldestWaiting(ended.found().workflowId(), null);
    if (next != null) {
      call(next, Duration.ZERO);
    }
  }

  private void call(ExecutionId id, Duration after) {
    ChangeSet calling =
        ChangeSet.builder(ids.commitId()).markDue(id, DueReason.SETTLE, after).build();
    var unused = patience.call(() -> store.commit(calling));
  }

  private @Nullable ExecutionId oldestWaiting(WorkflowId workflow, @Nullable ExecutionId besides) {
    return patience.<@Nullable ExecutionId>call(() -> oldestWaiting(store, workflow, besides));
  }

  /** The oldest execution of a workflow that has not begun, besides this one; or null. */
  static @Nullable ExecutionId oldestWaiting(
      StateStore store, WorkflowId workflow, @Nullable ExecutionId besides) {
    ExecutionQuery waiting =
        ExecutionQuery.builder().workflow(workflow).states(ExecutionState.PENDING).limit(2).build();
    return store.executions(waiting).items().stream()
        .map(Execution::id)
        .filter(id -> !id.equals(besides))
        .findFirst()
        .orElse(null);
  }
}
