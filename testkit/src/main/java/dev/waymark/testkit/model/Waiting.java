package dev.waymark.testkit.model;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.DeleteChange;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.SignalChange;
import dev.waymark.core.store.StateStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is known about waiting work. Each store has its own clock for it, and the clocks differ.
 * Therefore all task runs that are ready at the same time get different priorities, so that only
 * the priority determines the order of claims. Executions that become due within the next second
 * are not compared.
 */
final class Waiting {
  private static final int PRIORITIES = 2 * Change.ReadyTaskRun.MAX_PRIORITY + 1;

  private final StateStore reference;

  /** The priority of each task run that is ready, or will be when its wait ends. */
  private final Map<TaskRunId, Integer> priorities = new HashMap<>();

  private final Set<ExecutionId> dueNow = new TreeSet<>();
  private final Set<ExecutionId> dueSoon = new TreeSet<>();
  private int drawn;

  Waiting(StateStore reference) {
    this.reference = reference;
  }

  /** A priority that no other task run has that is ready or waits. */
  int priority() {
    // Far from the last priority, so that about half of the later task runs are claimed earlier.
    do {
      drawn = (drawn + 77) % PRIORITIES;
    } while (priorities.containsValue(drawn - Change.ReadyTaskRun.MAX_PRIORITY));
    return drawn - Change.ReadyTaskRun.MAX_PRIORITY;
  }

  /**
   * Executions of which it is uncertain, by the clock of each store, whether they are due to be
   * settled.
   */
  Set<ExecutionId> dueSoon() {
    return Set.copyOf(dueSoon);
  }

  /** Updates the ready task runs after a claim. */
  void claimed() {
    priorities.keySet().removeIf(id -> !isReadyOrWaits(id));
  }

  private boolean isReadyOrWaits(TaskRunId id) {
    TaskRun run = reference.taskRun(id);
    if (run == null) {
      return false; // Its execution was deleted.
    }
    if (run.state() == TaskRunState.WAITING) {
      return true;
    }
    ExecutionProgress progress =
        Objects.requireNonNull(reference.executionProgress(run.executionId()));
    return progress.taskRuns().stream()
        .anyMatch(item -> item.taskRun().id().equals(id) && item.ready());
  }

  /** Adds a change set that was accepted for the first time. */
  void committed(ChangeSet changes, CommitResult result) {
    List<Change> all = changes.changes();
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i) instanceof Change.ReadyTaskRun change) {
        priorities.put(change.id(), change.priority());
      } else if (all.get(i) instanceof SignalChange.Await wait) {
        priorities.put(wait.id(), wait.priority());
      } else if (all.get(i) instanceof SignalChange.AwaitChild wait) {
        priorities.put(wait.id(), wait.priority());
      } else if (all.get(i) instanceof Change.SettleExecution settle) {
        settled(settle.id(), result.outcomes().get(i).changed());
      } else if (all.get(i) instanceof Change.MarkDue due
          && due.reason() == DueReason.SETTLE
          && due.delay().isZero()) {
        dueSoon.remove(due.id());
        dueNow.add(due.id());
      } else if (all.get(i) instanceof Change.ClearDue clear
          && clear.reason() == DueReason.SETTLE) {
        settled(clear.id(), false);
      } else if (all.get(i) instanceof DeleteChange.DeleteExecution delete) {
        settled(delete.id(), false);
      }
    }
  }

  private void settled(ExecutionId id, boolean more) {
    if (!more) {
      dueNow.remove(id);
      dueSoon.remove(id);
    } else if (!dueNow.contains(id)) {
      dueSoon.add(id);
    }
  }
}
