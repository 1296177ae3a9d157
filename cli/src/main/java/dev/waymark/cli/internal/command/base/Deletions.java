package dev.waymark.cli.internal.command.base;

import dev.waymark.cli.internal.output.Messages;
import dev.waymark.core.conflict.Refusal;
import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.internal.Backoff;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Parent;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Page;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.Runner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Deletes executions in commits of bounded size. After an interruption, some are deleted as a whole
 * and the others not at all, so the same command continues.
 */
public final class Deletions {
  /** The size of a page of what is to be deleted. A page has the inputs, and counts all matches. */
  public static final int PAGE = 200;

  private static final int EXECUTIONS_AT_ONCE = 100;
  private static final int TASK_RUNS_AT_ONCE = 1_000;
  private static final long PAUSE_MILLIS = 50;

  private final StateStore store;
  private final Messages messages;

  /** How long to wait for the end of a cancelled execution, or null to cancel none. */
  private final @Nullable Duration patience;

  private final List<ExecutionId> next = new ArrayList<>();
  private final Map<ExecutionId, String> kept = new LinkedHashMap<>();
  private int taskRuns;
  private long deleted;
  private long cancelled;

  /**
   * Begins to delete.
   *
   * @param patience how long to wait for the end of an execution that is cancelled first; null to
   *     cancel none
   */
  public Deletions(Context context, @Nullable Duration patience) {
    this.store = context.store();
    this.messages = context.messages();
    this.patience = patience;
  }

  /**
   * Deletes all executions that match a query, page by page. Keeps children whose parent has not
   * ended: it may ask for them again, and would start them a second time.
   */
  public void addAll(ExecutionQuery query) {
    ExecutionQuery rest = query;
    while (true) {
      Page<Execution> page = store.executions(rest);
      page.items().stream().filter(each -> !isNeeded(each)).forEach(this::add);
      flush();
      if (page.next() == null) {
        return;
      }
      rest = query.after(page.next());
    }
  }

  private boolean isNeeded(Execution execution) {
    Parent link = execution.parent();
    Execution parent = link == null ? null : store.execution(link.executionId());
    if (parent == null || parent.state().isTerminal()) {
      return false;
    }
    kept.put(
        execution.id(),
        "execution "
            + execution.id()
            + " is a child of "
            + parent.id()
            + ", which is "
            + parent.state()
            + " and may need it; delete it after the end of its parent, or by its ID");
    return true;
  }

  /**
   * Deletes an execution, in the commit of this or a later call, at the latest in {@link #flush}.
   */
  public void add(Execution execution) {
    ExecutionId id = execution.id();
    if (next.contains(id) || (!execution.state().isTerminal() && !hasEnded(execution))) {
      return;
    }
    int size = store.taskRuns(id).size();
    if (next.size() == EXECUTIONS_AT_ONCE
        || (!next.isEmpty() && taskRuns + size > TASK_RUNS_AT_ONCE)) {
      flush();
    }
    next.add(id);
    taskRuns += size;
  }

  /** Deletes what was added and is not deleted yet. What the store refuses is kept. */
  public void flush() {
    while (!next.isEmpty()) {
      ChangeSet.Builder changes = ChangeSet.builder();
      next.forEach(changes::deleteExecution);
      try {
        deleted +=
            store.commit(changes.build()).outcomes().stream().filter(Outcome::changed).count();
        next.clear();
      } catch (RefusedException e) {
        keep(e);
      }
    }
    taskRuns = 0;
  }

  private void keep(RefusedException refused) {
    int before = next.size();
    for (Refusal refusal : refused.refusals()) {
      if (refusal.record().kind() == RecordKind.EXECUTION) {
        ExecutionId id = ExecutionId.of(refusal.record().id());
        next.remove(id);
        kept.put(id, refusal.message());
      }
    }
    if (next.size() == before) {
      throw refused;
    }
  }

  // ---- executions that have not ended

  /** Cancels an execution and waits for its end, if that is allowed; otherwise it is kept. */
  private boolean hasEnded(Execution execution) {
    ExecutionId id = execution.id();
    if (patience == null) {
      kept.put(
          id,
          "cannot delete execution "
              + id
              + ": it is "
              + execution.state()
              + "; cancel it first, or add --force");
      return false;
    }
    if (Runner.cancel(store, id).isTerminal() || isEndedWithin(id, patience, true)) {
      cancelled++;
      return true;
    }
    if (Runner.cancel(store, id).isTerminal() || isEndedWithin(id, patience, false)) {
      cancelled++;
      return true;
    }
    kept.put(
        id,
        "cannot delete execution "
            + id
            + ": it was cancelled, and its running tasks have not ended yet; they need a worker."
            + " Try again later");
    return false;
  }

  private boolean isEndedWithin(ExecutionId id, Duration time, boolean isFirst) {
    if (isFirst) {
      messages.say(
          "waiting for execution "
              + id
              + " to end; its running tasks and its \"finally\" tasks need a worker");
    }
    long end = System.nanoTime() + time.toNanos();
    while (true) {
      Execution now = store.execution(id);
      if (now == null || now.state().isTerminal()) {
        return true;
      }
      if (System.nanoTime() - end >= 0 || Thread.currentThread().isInterrupted()) {
        return false;
      }
      Backoff.sleep(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  // ---- the result

  /** The number of executions that were deleted. */
  public long deleted() {
    return deleted;
  }

  /** The number of executions that were cancelled first. */
  public long cancelled() {
    return cancelled;
  }

  /** Why executions were not deleted, by their id. */
  public Map<ExecutionId, String> kept() {
    return kept;
  }

  /** The first reason why an execution was not deleted; there must be one. */
  public String firstKept() {
    return Objects.requireNonNull(kept.values().iterator().next());
  }
}
