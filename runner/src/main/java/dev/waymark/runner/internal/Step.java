package dev.waymark.runner.internal;

import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.DueReason;
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
final class Step {
  private final Job job;
  private final int maxErrorBytes;
  private final Instant now;
  private final ChangeSet.Builder changes;
  private final Set<Node> touched = new LinkedHashSet<>();
  private final Set<Node> ended = new LinkedHashSet<>();
  private boolean leavesMore;

  /**
   * Makes an empty step.
   *
   * @param maxErrorBytes what the store takes of an error; what is longer is cut
   * @param now against which pauses that have begun are measured
   */
  Step(Job job, CommitId id, int maxErrorBytes, Instant now) {
    this.job = job;
    this.maxErrorBytes = maxErrorBytes;
    this.now = now;
    this.changes = ChangeSet.builder(id);
  }

  Job job() {
    return job;
  }

  /** Ends the live attempt of a node, in the name of that attempt. */
  void endAttempt(Node node, AttemptState end, @Nullable Integer exitCode, @Nullable String error) {
    String kept = Errors.cut(error, maxErrorBytes);
    changes.updateAttempt(node.attemptId(), end, exitCode, kept);
    noteEnd(node, end, kept);
  }

  /** Declares the live attempt of a node lost, because its lease is over. */
  void loseAttempt(Node node, String error) {
    String kept = Errors.cut(error, maxErrorBytes);
    changes.loseAttempt(node.attemptId(), kept);
    noteEnd(node, AttemptState.LOST, kept);
  }

  private void noteEnd(Node node, AttemptState end, @Nullable String error) {
    job.endAttempt(node, end);
    node.error = error;
    node.failed += end == AttemptState.FAILED ? 1 : 0;
    node.lost += end == AttemptState.LOST ? 1 : 0;
    ended.add(node);
  }

  /** Keeps what a node gives to its dependants, in the name of the attempt that has just ended. */
  void setOutputs(Node node, Map<String, String> outputs) {
    if (!outputs.isEmpty()) {
      changes.setOutputs(node.id, node.attempt, outputs);
      node.outputs = outputs;
      node.forgetOutputs();
    }
  }

  /**
   * Moves a node whose attempt has just been ended; a lost attempt is no fence, nobody writes in
   * its name.
   */
  void follow(Node node, TaskRunState to) {
    if (node.attemptState == AttemptState.LOST) {
      changes.updateTaskRun(node.id, to, node.version, null);
    } else {
      changes.updateTaskRun(node.id, to, null, node.attempt);
    }
    moved(node, to);
  }

  /** Moves a node that has no live attempt. */
  void move(Node node, TaskRunState to) {
    changes.updateTaskRun(node.id, to, node.version, null);
    moved(node, to);
  }

  private void moved(Node node, TaskRunState to) {
    job.move(node, to);
    touched.add(node);
  }

  /** Lets any worker take a node, after what is left of its pause. */
  void ready(Node node) {
    Duration pause = ended.contains(node) ? node.pause() : node.pauseLeft(now);
    changes.readyTaskRun(node.id, node.version, Handlers.poolOf(node.task), job.priority(), pause);
    node.ready = true;
    job.begin(node.task.stage());
  }

  /** The time of a stage after the first begins, in place of that of the execution. */
  void beginCleanup() {
    changes.clearDue(job.id(), DueReason.DEADLINE);
    changes.markDue(job.id(), DueReason.DEADLINE, job.definition().cleanupTimeout());
  }

  void moveExecution(ExecutionState to, @Nullable String error) {
    changes.updateExecution(job.id(), to, job.version(), Errors.cut(error, maxErrorBytes));
    job.move(to);
    boolean mayBeDue =
        to == ExecutionState.CANCELLED || job.definition().timeout() != null || job.hasCleanup();
    if (to.isTerminal() && mayBeDue) {
      changes.clearDue(job.id(), DueReason.DEADLINE);
    }
  }

  boolean isEmpty() {
    return changes.isEmpty();
  }

  /** Not all that follows from this step is in it: somebody is to look again. */
  void leaveMore() {
    leavesMore = true;
  }

  /** The change set; to be asked for once. */
  ChangeSet changes() {
    if (leavesMore) {
      return changes.markDue(job.id(), DueReason.SETTLE, Duration.ZERO).build();
    }
    return changes.settleExecution(job.id(), job.standing()).build();
  }

  /** The store has accepted the change set: what has changed. */
  Collection<Node> committed(CommitResult result) {
    touched.forEach(node -> node.changedAt = result.at());
    return touched;
  }

  /** Whether there is more to do: others have written to the execution, or the step left some. */
  static boolean isStale(CommitResult result) {
    return result.outcomes().get(result.outcomes().size() - 1).changed();
  }
}
