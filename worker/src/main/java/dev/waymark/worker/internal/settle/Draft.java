package dev.waymark.worker.internal.settle;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.ExecutionProgress.Item;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.SignalChange;
import dev.waymark.core.store.Standing;
import dev.waymark.core.store.StateStore;
import dev.waymark.worker.api.Placement;
import dev.waymark.worker.api.Result;
import dev.waymark.worker.internal.base.Errors;
import dev.waymark.worker.internal.setup.WorkerConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A change set for one execution, and the execution as it will be after it. Each change is made in
 * both. Every change states the version or the attempt that it was decided on, so the store refuses
 * the whole set when others were faster.
 */
final class Draft {
  private final Ids ids;
  private final int maxErrorBytes;
  private final Placement.Rule placement;
  private final ChangeSet.Builder changes;
  private final Map<TaskRunId, Item> items = new LinkedHashMap<>();
  private final Map<TaskId, TaskRunId> byTask = new HashMap<>();
  private final List<AttemptId> endedAttempts = new ArrayList<>();

  /** The task runs that begin to wait in this draft for what may have happened before. */
  private final Set<TaskRunId> awaiting = new HashSet<>();

  private final Execution read;
  private Execution execution;
  private int unfinished;
  private int ended;

  private Draft(ExecutionProgress read, StateStore store, Ids ids, Placement.Rule placement) {
    this.ids = ids;
    this.maxErrorBytes = store.limits().maxErrorBytes();
    this.placement = placement;
    this.changes = ChangeSet.builder(ids.commitId());
    this.read = read.execution();
    this.execution = read.execution();
    read.taskRuns().forEach(this::put);
    Standing standing = read.standing();
    this.unfinished = standing.unfinished();
    this.ended = standing.ended();
  }

  /** An empty draft. */
  static Draft of(ExecutionProgress read, WorkerConfig config) {
    return new Draft(read, config.store(), config.ids(), config.placement());
  }

  /** An empty draft that makes no task run ready. */
  static Draft of(ExecutionProgress read, StateStore store, Ids ids) {
    return new Draft(
        read, store, ids, (execution, task) -> new Placement(ClaimRequest.DEFAULT_POOL, 0));
  }

  /** The execution as it was read. */
  Execution read() {
    return read;
  }

  /** The execution after the changes. */
  Execution execution() {
    return execution;
  }

  ChangeSet.Builder changes() {
    return changes;
  }

  ExecutionProgress progress() {
    return new ExecutionProgress(execution, List.copyOf(items.values()));
  }

  /** The state and the counts after the changes. */
  Standing standing() {
    return new Standing(execution.version(), execution.state(), unfinished, ended);
  }

  @Nullable Item item(TaskRunId id) {
    return items.get(id);
  }

  @Nullable Item item(TaskId task) {
    TaskRunId id = byTask.get(task);
    return id == null ? null : items.get(id);
  }

  /** The newest attempt of a task run if it is live, or null. */
  static @Nullable Attempt live(Item item) {
    List<Attempt> attempts = item.attempts();
    Attempt last = attempts.isEmpty() ? null : attempts.get(attempts.size() - 1);
    return last == null || last.state().isTerminal() ? null : last;
  }

  /** Whether this attempt is live. */
  boolean isLive(AttemptId id) {
    Item item = items.get(id.taskRunId());
    Attempt live = item == null ? null : live(item);
    return live != null && live.id().equals(id);
  }

  /** Ends a live attempt. Its number is the fencing token. */
  void endAttempt(AttemptId id, AttemptState state, @Nullable String error, boolean expired) {
    Item item = required(id.taskRunId());
    String kept = Errors.cut(error, maxErrorBytes);
    changes.add(
        expired
            ? new Change.LoseAttempt(id, kept)
            : new Change.UpdateAttempt(id, state, null, kept));
    List<Attempt> attempts = new ArrayList<>(item.attempts());
    Attempt last = attempts.remove(attempts.size() - 1);
    attempts.add(
        new Attempt(id, state, last.worker(), last.startedAt(), null, last.exitCode(), kept));
    put(new Item(item.taskRun(), attempts, item.result(), item.ready()));
    endedAttempts.add(id);
    ended++;
  }

  /** Sets the result of a task run, on behalf of an attempt. */
  void setResult(AttemptId id, Payload result) {
    Item item = required(id.taskRunId());
    changes.setResult(id, result);
    put(new Item(item.taskRun(), item.attempts(), result, item.ready()));
  }

  /**
   * Moves a task run.
   *
   * @param fence the attempt that writes, or null when none does
   */
  void move(TaskRunId id, TaskRunState to, @Nullable AttemptId fence) {
    Item item = required(id);
    TaskRun old = item.taskRun();
    if (fence != null) {
      changes.updateTaskRun(fence, to);
    } else if (awaiting.contains(id)) {
      // Its version is not known: the wait may end in the change that begins it.
      changes.updateTaskRun(new AttemptId(id, old.lastAttempt()), to);
    } else {
      changes.updateTaskRun(id, to, old.version());
    }
    put(new Item(moved(old, to), item.attempts(), item.result(), false));
    if (to.isTerminal()) {
      unfinished--;
      ended++;
    }
  }

  private static TaskRun moved(TaskRun old, TaskRunState to) {
    return new TaskRun(
        old.id(),
        old.executionId(),
        old.taskId(),
        to,
        old.version() + 1,
        old.lastAttempt(),
        old.createdAt(),
        old.startedAt(),
        null);
  }

  /** Lets a task run wait for a signal, whose attempt has just succeeded. */
  void awaitSignal(AttemptId id, Result.WaitForSignal wait) {
    Placement place = place(id.taskRunId());
    changes.add(
        new SignalChange.Await(
            id.taskRunId(),
            id.number(),
            wait.name(),
            place.pool(),
            place.priority(),
            wait.timeout()));
    wait(id, wait.timeout() != null);
  }

  /** Lets a task run wait for a child, whose attempt has just succeeded. */
  void awaitChild(AttemptId id, Result.WaitForChild wait) {
    Placement place = place(id.taskRunId());
    changes.add(
        new SignalChange.AwaitChild(
            id.taskRunId(),
            id.number(),
            wait.child(),
            place.pool(),
            place.priority(),
            wait.timeout()));
    wait(id, wait.timeout() != null);
  }

  private Placement place(TaskRunId id) {
    return placement.of(execution, required(id).taskRun().taskId());
  }

  private void wait(AttemptId id, boolean hasTimer) {
    Item item = required(id.taskRunId());
    TaskRun run = moved(item.taskRun(), TaskRunState.WAITING);
    put(new Item(run, item.attempts(), item.result(), hasTimer));
    awaiting.add(id.taskRunId());
  }

  /** Makes a task run ready, in its pool, after a delay. */
  void ready(TaskRunId id, Duration delay) {
    Item item = required(id);
    TaskRun run = item.taskRun();
    Placement place = place(id);
    changes.add(new Change.ReadyTaskRun(id, run.version(), place.pool(), place.priority(), delay));
    put(new Item(run, item.attempts(), item.result(), true));
  }

  /** Creates a task run, PENDING. */
  TaskRunId create(TaskId task, @Nullable Payload input) {
    TaskRunId id = ids.taskRunId();
    changes.createTaskRun(new NewTaskRun(id, execution.id(), task, input));
    TaskRun run =
        new TaskRun(
            id,
            execution.id(),
            task,
            TaskRunState.PENDING,
            1,
            0,
            execution.createdAt(),
            null,
            null);
    put(new Item(run, List.of(), (Payload) null, false));
    unfinished++;
    return id;
  }

  /** Cancels what has not ended, and ends the execution. */
  void end(ExecutionState to, @Nullable String error, @Nullable Payload result) {
    endTaskRuns();
    if (result != null) {
      changes.setResult(execution.id(), result);
    }
    mayMoveTo(to);
    moveExecution(to, error);
  }

  /** Cancels what has not ended, and continues the execution as another one, which is due. */
  void continueAs(NewExecution next) {
    endTaskRuns();
    mayMoveTo(ExecutionState.SUCCEEDED);
    changes.continueExecution(execution.id(), next);
    changes.markDue(next.id(), DueReason.SETTLE, Duration.ZERO);
    execution = moved(execution, ExecutionState.SUCCEEDED, execution.version() + 1, null, null);
  }

  private void endTaskRuns() {
    for (Item item : List.copyOf(items.values())) {
      Attempt live = live(item);
      if (live != null) {
        endAttempt(live.id(), AttemptState.CANCELLED, "its execution has ended", false);
      }
      if (!item.taskRun().state().isTerminal()) {
        move(item.taskRun().id(), TaskRunState.CANCELLED, null);
      }
    }
  }

  private void mayMoveTo(ExecutionState to) {
    if (!execution.state().canMoveTo(to)) {
      ExecutionState first =
          to == ExecutionState.CANCELLED ? ExecutionState.CANCELLING : ExecutionState.RUNNING;
      moveExecution(first, null);
    }
  }

  private void moveExecution(ExecutionState to, @Nullable String error) {
    String kept = Errors.cut(error, maxErrorBytes);
    changes.add(new Change.UpdateExecution(execution.id(), to, execution.version(), kept));
    execution = moved(execution, to, execution.version() + 1, null, kept);
  }

  private static Execution moved(
      Execution old,
      ExecutionState to,
      long version,
      @Nullable Instant endedAt,
      @Nullable String error) {
    return new Execution(
        old.id(),
        old.workflowId(),
        old.workflowRevision(),
        to,
        version,
        old.labels(),
        old.input(),
        old.createdAt(),
        old.startedAt(),
        endedAt,
        error == null ? old.error() : error,
        old.parent(),
        old.continues(),
        old.continuedAs());
  }

  /** The execution after the change set, which the store has accepted at this time. */
  Execution execution(Instant at) {
    return execution.state().isTerminal()
        ? moved(execution, execution.state(), execution.version(), at, null)
        : execution;
  }

  /** The task runs whose attempts this draft has ended, each with that attempt as its last. */
  List<Item> ended() {
    return endedAttempts.stream().map(id -> required(id.taskRunId())).toList();
  }

  private void put(Item item) {
    items.put(item.taskRun().id(), item);
    byTask.put(item.taskRun().taskId(), item.taskRun().id());
  }

  private Item required(TaskRunId id) {
    Item item = items.get(id);
    if (item == null) {
      throw new IllegalStateException("execution " + execution.id() + " has no task run " + id);
    }
    return item;
  }
}
