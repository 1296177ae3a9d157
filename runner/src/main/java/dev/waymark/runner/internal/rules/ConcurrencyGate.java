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
import dev.waymark.worker.internal.base.RetriedCalls;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Starts executions of a workflow with a limit of parallel executions. Each one begins only when
 * the store admits it. The process that ends one notifies the oldest waiting one. If that process
 * dies first, the waiting one is checked again after a while: the oldest is always marked as due,
 * and an execution that begins passes the mark to the next one in the same commit.
 */
public record ConcurrencyGate(StateStore store, RetriedCalls retries, Ids ids) {
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(15);

  /** Starts a waiting execution if the store admits it. Returns true when it has begun. */
  public boolean admit(ExecutionPicture picture) {
    int most = Objects.requireNonNull(picture.definition().maxParallel());
    WorkflowId workflow = picture.found().workflowId();
    ChangeSet.Builder asking =
        ChangeSet.builder(ids.commitId())
            .admitExecution(picture.id(), workflow, most)
            .clearDue(picture.id(), DueReason.SETTLE);
    // In the same commit: if the worker dies after it, the oldest execution must still be marked as
    // due.
    for (ExecutionId waiting : retries.call(() -> oldestWaiting(store, workflow))) {
      asking.markDue(waiting, DueReason.SETTLE, LOOK_AGAIN);
      if (!waiting.equals(picture.id())) {
        break;
      }
    }
    ChangeSet changes = asking.build();
    return retries.call(() -> store.commit(changes)).outcomes().get(0).changed();
  }

  /** One execution has ended, so the oldest waiting one may begin. */
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

  /** The oldest execution of a workflow that has not begun, other than this one; or null. */
  static @Nullable ExecutionId oldestWaiting(
      StateStore store, WorkflowId workflow, @Nullable ExecutionId besides) {
    return oldestWaiting(store, workflow).stream()
        .filter(id -> !id.equals(besides))
        .findFirst()
        .orElse(null);
  }

  /** The two oldest executions of a workflow that have not begun; fewer if there are fewer. */
  private static List<ExecutionId> oldestWaiting(StateStore store, WorkflowId workflow) {
    ExecutionQuery waiting =
        ExecutionQuery.builder().workflow(workflow).states(ExecutionState.PENDING).limit(2).build();
    return store.executions(waiting).items().stream().map(Execution::id).toList();
  }
}
