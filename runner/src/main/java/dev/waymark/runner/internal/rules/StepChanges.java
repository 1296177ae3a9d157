package dev.waymark.runner.internal.rules;

import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.DueReason;
import dev.waymark.runner.internal.base.Errors;
import dev.waymark.runner.internal.handler.Handlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One change set over one job. Every change is made in the job's memory at once, so that what
 * follows from it can be decided upon it; when the store refuses the change set, the job must be
 * read again. Its last change settles: it carries how the execution stands after this step, so that
 * the store answers whether the step was decided on the newest picture.
 */
public final class StepChanges {
  private final ExecutionPicture picture;
  private final int maxErrorBytes;
  private final Instant now;
  private final ChangeSet.Builder changes;
  private final Set<TaskRunPicture> touched = new LinkedHashSet<>();
  private final Set<TaskRunPicture> ended = new LinkedHashSet<>();
  private boolean leavesMore;

  /**
   * Makes an empty step.
   *
   * @param maxErrorBytes what the store takes of an error; what is longer is cut
   * @param now against which pauses that have begun are measured
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

  /** Ends the live attempt of a node, in the name of that attempt. */
  public void endAttempt(
      TaskRunPicture node, AttemptState end, @Nullable Integer exitCode, @Nullable String error) {
    String kept = Errors.cut(error, maxErrorBytes);
    changes.updateAttempt(node.attemptId(), end, exitCode, kept);
    noteEnd(node, end, kept);
  }

  /** Declares the live attempt of a node lost, because its lease is over. */
  public void loseAttempt(TaskRunPicture node, String error) {
    String kept = Errors.cut(error, maxErrorBytes);
    changes.loseAttempt(node.attemptId(), kept);
    noteEnd(node, AttemptState.LOST, kept);
  }

  private void noteEnd(TaskRunPicture node, AttemptState end, @Nullable String error) {
    picture.endAttempt(node, end);
    node.error = error;
    node.failed += end == AttemptState.FAILED ? 1 : 0;
    node.lost += end == AttemptState.LOST ? 1 : 0;
    ended.add(node);
  }

  /** Keeps what a node gives to its dependants, in the name of the attempt that has just ended. */
  public void setOutputs(TaskRunPicture node, Map<String, String> outputs) {
    if (!outputs.isEmpty()) {
      changes.setOutputs(node.id, node.attempt, outputs);
      node.outputs = outputs;
      node.dropOutputs();
    }
  }

  /**
   * Moves a node whose attempt has just been ended; a lost attempt is no fence, nobody writes in
   * its name.
   */
  public void follow(TaskRunPicture node, TaskRunState to) {
    if (node.attemptState == AttemptState.LOST) {
      changes.updateTaskRun(node.id, to, node.version, null);
    } else {
      changes.updateTaskRun(node.id, to, null, node.attempt);
    }
    moved(node, to);
  }

  /** Moves a node that has no live attempt. */
  void move(TaskRunPicture node, TaskRunState to) {
    changes.updateTaskRun(node.id, to, node.version, null);
    moved(node, to);
  }

  private void moved(TaskRunPicture node, TaskRunState to) {
    picture.move(node, to);
    touched.add(node);
  }

  /** Lets any worker take a node, after what is left of its pause. */
  void ready(TaskRunPicture node) {
    Duration pause = ended.contains(node) ? node.pause() : node.pauseLeft(now);
    changes.readyTaskRun(
        node.id, node.version, Handlers.poolOf(node.task), picture.priority(), pause);
    node.ready = true;
    picture.begin(node.task.stage());
  }

  /** The time of a stage after the first begins, in place of that of the execution. */
  void beginCleanup() {
    changes.clearDue(picture.id(), DueReason.DEADLINE);
    changes.markDue(picture.id(), DueReason.DEADLINE, picture.definition().cleanupTimeout());
  }

  void moveExecution(ExecutionState to, @Nullable String error) {
    changes.updateExecution(picture.id(), to, picture.version(), Errors.cut(error, maxErrorBytes));
    picture.move(to);
    boolean mayBeDue =
        to == ExecutionState.CANCELLED
            || picture.definition().timeout() != null
            || picture.hasCleanup();
    if (to.isTerminal() && mayBeDue) {
      changes.clearDue(picture.id(), DueReason.DEADLINE);
    }
  }

  public boolean isEmpty() {
    return changes.isEmpty();
  }

  /** Not all that follows from this step is in it: somebody is to look again. */
  public void leaveMore() {
    leavesMore = true;
  }

  /** The change set; to be asked for once. */
  public ChangeSet changes() {
    if (leavesMore) {
      return changes.markDue(picture.id(), DueReason.SETTLE, Duration.ZERO).build();
    }
    return changes.settleExecution(picture.id(), picture.standing()).build();
  }

  /** The store has accepted the change set: what has changed. */
  public Collection<TaskRunPicture> committed(CommitResult result) {
    touched.forEach(node -> node.changedAt = result.at());
    return touched;
  }

  /** Whether there is more to do: others have written to the execution, or the step left some. */
  public static boolean isStale(CommitResult result) {
    return result.outcomes().get(result.outcomes().size() - 1).changed();
  }
}
