package dev.waymark.runner.internal.rules;

import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.SignalChange;
import dev.waymark.runner.internal.handler.Handlers;
import dev.waymark.runner.internal.process.Continuation;
import dev.waymark.runner.internal.process.HandlerWait;
import dev.waymark.runner.internal.process.NextIteration;
import dev.waymark.worker.internal.base.Errors;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One change set for one execution. Every change is also made in the picture at once, so that
 * further changes can be derived from it. If the store refuses the change set, the execution must
 * be read again. The last change of the set settles: it contains the state and the counts of the
 * execution after this step, and the store answers whether the step was decided on the newest
 * state.
 */
public final class StepChanges {
  private final ExecutionPicture picture;
  private final int maxErrorBytes;
  private final Instant now;
  private final ChangeSet.Builder changes;
  private final Set<TaskRunPicture> touched = new LinkedHashSet<>();
  private final Set<TaskRunPicture> ended = new LinkedHashSet<>();
  private final List<Move> moves = new ArrayList<>();
  private @Nullable Continuation continuation;
  private boolean leavesMore;
  private boolean awaitsChild;

  private record Move(
      ExecutionState to, @Nullable String error, @Nullable ExecutionId continuedAs) {}

  /**
   * Creates an empty step.
   *
   * @param maxErrorBytes the maximum size of an error in the store; a longer one is cut
   * @param now the time from which the rest of a delay is measured
   */
  public StepChanges(ExecutionPicture picture, CommitId id, int maxErrorBytes, Instant now) {
    this.picture = picture;
    this.maxErrorBytes = maxErrorBytes;
    this.now = now;
    this.changes = ChangeSet.builder(id);
  }

  public ExecutionPicture picture() {
    return picture;
  }

  /** Ends the live attempt of a task run, with the number of that attempt as fencing token. */
  public void endAttempt(
      TaskRunPicture taskRun,
      AttemptState end,
      @Nullable Integer exitCode,
      @Nullable String error) {
    String kept = Errors.cut(error, maxErrorBytes);
    changes.add(new Change.UpdateAttempt(taskRun.attemptId(), end, exitCode, kept));
    noteEnd(taskRun, end, kept);
  }

  /** Marks the live attempt of a task run as lost, because its lease has expired. */
  public void loseAttempt(TaskRunPicture taskRun, String error) {
    String kept = Errors.cut(error, maxErrorBytes);
    changes.add(new Change.LoseAttempt(taskRun.attemptId(), kept));
    noteEnd(taskRun, AttemptState.LOST, kept);
  }

  private void noteEnd(TaskRunPicture taskRun, AttemptState end, @Nullable String error) {
    picture.endAttempt(taskRun, end);
    taskRun.error = error;
    taskRun.failed += end == AttemptState.FAILED ? 1 : 0;
    taskRun.lost += end == AttemptState.LOST ? 1 : 0;
    ended.add(taskRun);
  }

  /**
   * Stores the result of a task run, if it has one, with the number of the attempt that has just
   * ended as fencing token.
   */
  public void setResult(TaskRunPicture taskRun, @Nullable Payload result) {
    if (result != null) {
      changes.setResult(taskRun.attemptId(), result);
      taskRun.result = result;
      taskRun.dropResult();
    }
  }

  /**
   * Moves a task run whose attempt has just ended. A lost attempt is not used as fencing token: no
   * process writes with its number.
   */
  public void follow(TaskRunPicture taskRun, TaskRunState to) {
    if (taskRun.attemptState == AttemptState.LOST) {
      changes.updateTaskRun(taskRun.id, to, taskRun.version);
    } else {
      changes.updateTaskRun(taskRun.attemptId(), to);
    }
    moved(taskRun, to);
  }

  /** Lets a task run wait whose attempt has just succeeded. */
  public void await(TaskRunPicture taskRun, HandlerWait asked) {
    String pool = Handlers.poolOf(taskRun.task);
    int priority = picture.priority();
    if (asked.signal() != null) {
      changes.add(
          new SignalChange.Await(
              taskRun.id, taskRun.attempt, asked.signal(), pool, priority, asked.time()));
    } else if (asked.child() != null) {
      changes.add(
          new SignalChange.AwaitChild(
              taskRun.id, taskRun.attempt, asked.child(), pool, priority, asked.time()));
      awaitsChild = true;
    } else {
      changes.updateTaskRun(taskRun.attemptId(), TaskRunState.WAITING);
      Duration time = Objects.requireNonNull(asked.time());
      changes.add(new Change.ReadyTaskRun(taskRun.id, null, pool, priority, time));
    }
    moved(taskRun, TaskRunState.WAITING);
    taskRun.failed = 0;
    taskRun.lost = 0;
  }

  /**
   * Ends a task run whose attempt has just succeeded, and creates the next iteration of its task.
   *
   * @return the next iteration, PENDING: the settlement decides whether it starts
   */
  public TaskRunPicture again(TaskRunPicture taskRun, NextIteration asked) {
    changes.updateTaskRun(taskRun.attemptId(), TaskRunState.SUCCEEDED);
    TaskRunPicture next = picture.again(taskRun);
    changes.createTaskRun(new NewTaskRun(next.id, picture.id(), next.taskId, asked.input()));
    touched.add(taskRun);
    touched.add(next);
    return next;
  }

  /** Moves a task run that has no live attempt. */
  void move(TaskRunPicture taskRun, TaskRunState to) {
    changes.updateTaskRun(taskRun.id, to, taskRun.version);
    moved(taskRun, to);
  }

  private void moved(TaskRunPicture taskRun, TaskRunState to) {
    picture.move(taskRun, to);
    touched.add(taskRun);
  }

  /** Makes a task run ready for any worker, after the rest of its delay. */
  void ready(TaskRunPicture taskRun) {
    Duration pause = ended.contains(taskRun) ? taskRun.pause() : taskRun.pauseLeft(now);
    changes.add(
        new Change.ReadyTaskRun(
            taskRun.id, taskRun.version, Handlers.poolOf(taskRun.task), picture.priority(), pause));
    taskRun.ready = true;
    picture.begin(taskRun.task.stage());
  }

  /** Starts the time-out of a stage after the first, in place of that of the execution. */
  void beginCleanup() {
    changes.clearDue(picture.id(), DueReason.DEADLINE);
    changes.markDue(picture.id(), DueReason.DEADLINE, picture.definition().cleanupTimeout());
  }

  /** If this step ends the execution as SUCCEEDED, continues it as a new one. */
  public void continueAs(Continuation next) {
    continuation = next;
  }

  void moveExecution(ExecutionState to, @Nullable String error) {
    String kept = Errors.cut(error, maxErrorBytes);
    if (to == ExecutionState.SUCCEEDED && continuation != null) {
      changes.continueExecution(picture.id(), continuation.next());
      continuation.begin().forEach(changes::add);
      moves.add(new Move(to, kept, continuation.next().id()));
    } else {
      changes.add(new Change.UpdateExecution(picture.id(), to, picture.version(), kept));
      moves.add(new Move(to, kept, null));
    }
    picture.move(to);
    boolean mayBeDue =
        to == ExecutionState.CANCELLED
            || picture.definition().timeout() != null
            || picture.hasCleanup();
    if (to.isTerminal() && mayBeDue) {
      changes.clearDue(picture.id(), DueReason.DEADLINE);
    }
  }

  /** Whether this step moves the execution to a terminal state. */
  public boolean endsExecution() {
    return moves.stream().anyMatch(move -> move.to().isTerminal());
  }

  /** Whether a task run begins to wait for a child in this step. */
  public boolean awaitsChild() {
    return awaitsChild;
  }

  public boolean isEmpty() {
    return changes.isEmpty();
  }

  /**
   * Notes that this step does not contain everything that follows, so the execution must be checked
   * again.
   */
  public void leaveMore() {
    leavesMore = true;
  }

  /** The change set. Call this only once. */
  public ChangeSet changes() {
    if (leavesMore) {
      return changes.markDue(picture.id(), DueReason.SETTLE, Duration.ZERO).build();
    }
    return changes.settleExecution(picture.id(), picture.standing()).build();
  }

  /** The store has accepted the change set. Returns the task runs that changed. */
  public Collection<TaskRunPicture> committed(CommitResult result) {
    touched.forEach(taskRun -> taskRun.changedAt = result.at());
    moves.forEach(move -> picture.moved(move.to(), result.at(), move.error(), move.continuedAs()));
    return touched;
  }

  /**
   * Whether there is more to do: others have written to the execution, or the step is incomplete.
   */
  public static boolean isStale(CommitResult result) {
    return result.outcomes().get(result.outcomes().size() - 1).changed();
  }
}
