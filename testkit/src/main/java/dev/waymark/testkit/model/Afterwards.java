package dev.waymark.testkit.model;

import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.Cursor;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Page;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.Standing;
import dev.waymark.core.store.StateStore;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Checks the result of a change set whose last change depends on the content of the store. The
 * check reads and counts by itself. It does not use the rules that all stores share.
 */
final class Afterwards {
  private Afterwards() {}

  /** Returns the violation, or null. Refused and repeated change sets are not checked. */
  static @Nullable String wrong(StateStore store, World world, ChangeSet changes, Answer answer) {
    if (!(answer.value() instanceof CommitResult result) || world.accepted(changes.id()) != null) {
      return null;
    }
    List<Change> all = changes.changes();
    Change last = all.get(all.size() - 1);
    boolean changed = result.outcomes().get(all.size() - 1).changed();
    if (last instanceof Change.SettleExecution settle) {
      return wrong(Objects.requireNonNull(store.executionProgress(settle.id())), settle, changed);
    }
    return last instanceof Change.AdmitExecution admit ? wrong(store, admit, changed) : null;
  }

  private static @Nullable String wrong(
      ExecutionProgress now, Change.SettleExecution settle, boolean isStale) {
    long unfinished =
        now.taskRuns().stream().filter(item -> !item.taskRun().state().isTerminal()).count();
    long attempts = now.taskRuns().stream().mapToLong(item -> item.attempts().size()).sum();
    long live =
        now.taskRuns().stream()
            .flatMap(item -> item.attempts().stream())
            .filter(attempt -> attempt.endedAt() == null)
            .count();
    Standing standing = settle.standing();
    boolean isRight =
        now.execution().version() == standing.version()
            && now.execution().state() == standing.state()
            && unfinished == standing.unfinished()
            && now.taskRuns().size() - unfinished + attempts - live == standing.ended();
    return isRight != isStale ? null : "a settle must be stale exactly where it does not match";
  }

  private static @Nullable String wrong(
      StateStore store, Change.AdmitExecution admit, boolean hasBegun) {
    Execution execution = Objects.requireNonNull(store.execution(admit.id()));
    long others =
        count(
            store,
            admit.workflow(),
            each ->
                !each.id().equals(admit.id())
                    && (each.state() != ExecutionState.PAUSED || each.startedAt() != null));
    if (hasBegun) {
      return execution.state() == ExecutionState.RUNNING && others < admit.most()
          ? null
          : "no more executions may be admitted than the limit";
    }
    return execution.state() != admit.from() || others >= admit.most()
        ? null
        : "one must be admitted where there is room";
  }

  /** Counts the executions of a workflow that are neither waiting nor ended, page by page. */
  private static long count(StateStore store, WorkflowId workflow, Predicate<Execution> counts) {
    long count = 0;
    Cursor after = null;
    do {
      ExecutionQuery query =
          ExecutionQuery.builder()
              .workflow(workflow)
              .states(ExecutionState.RUNNING, ExecutionState.PAUSED, ExecutionState.CANCELLING)
              .limit(store.limits().maxPageSize())
              .after(after)
              .build();
      Page<Execution> page = store.executions(query);
      count += page.items().stream().filter(counts).count();
      after = page.next();
    } while (after != null);
    return count;
  }
}
