package dev.waymark.runner.internal.rules;

import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.internal.base.RetriedCalls;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Executions of a workflow that bounds how many may run: each begins only when the store admits it.
 * Whoever ends one calls upon the oldest that waits. Should he die before he has done so, that one
 * looks again after a while by itself: the oldest is always due, and one that begins hands that on
 * to the next in the same commit.
 */
public record ConcurrencyGate(StateStore store, RetriedCalls retries, Ids ids) {
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(15);

  /** Lets an execution begin that waits, where it may; true when it has begun. */
  public boolean admit(ExecutionPicture picture) {
    int most = Objects.requireNonNull(picture.definition().maxParallel());
    WorkflowId workflow = picture.found().workflowId();
    ChangeSet.Builder asking =
        ChangeSet.builder(ids.commitId())
            .admitExecution(picture.id(), workflow, most)
            .clearDue(picture.id(), DueReason.SETTLE);
    // In the same commit: a worker that dies after it must not leave the oldest without a note.
    for (ExecutionId waiting : retries.call(() -> oldestWaiting(store, workflow))) {
      asking.markDue(waiting, DueReason.SETTLE, LOOK_AGAIN);
      if (!waiting.equals(picture.id())) {
        break;
      }
    }
    ChangeSet changes = asking.build();
    return retries.call(() -> store.commit(changes)).outcomes().get(0).changed();
  }

  /** One execution has ended, so the oldest that waits may begin. */
  public void letNextBegin(ExecutionPicture ended) {
    ExecutionId next =
        ended.definition().maxParallel() == null
            ? null
            : retries.<@Nullable ExecutionId>call(
                () -> oldestWaiting(store, ended.found().workflowId(), null));
    if (next != null) {
      call(next, Duration.ZERO);
    }
  }

  private void call(ExecutionId id, Duration after) {
    ChangeSet calling =
        ChangeSet.builder(ids.commitId()).markDue(id, DueReason.SETTLE, after).build();
    var unused = retries.call(() -> store.commit(calling));
  }

  /** The oldest execution of a workflow that has not begun, besides this one; or null. */
  static @Nullable ExecutionId oldestWaiting(
      StateStore store, WorkflowId workflow, @Nullable ExecutionId besides) {
    return oldestWaiting(store, workflow).stream()
        .filter(id -> !id.equals(besides))
        .findFirst()
        .orElse(null);
  }

  /** The two oldest executions of a workflow that have not begun, as far as there are any. */
  private static List<ExecutionId> oldestWaiting(StateStore store, WorkflowId workflow) {
    ExecutionQuery waiting =
        ExecutionQuery.builder().workflow(workflow).states(ExecutionState.PENDING).limit(2).build();
    return store.executions(waiting).items().stream().map(Execution::id).toList();
  }
}
