package dev.waymark.runner.internal;

import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ChangeSet;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One change set over one job. Every change is made in the job's memory at once, so that what
 * follows from it can be decided upon it; when the store refuses the change set, the job must be
 * read again.
 */
final class Step {
  private final Job job;
  private final int maxErrorBytes;
  private final ChangeSet.Builder changes;
  private final Set<Node> touched = new LinkedHashSet<>();

  /**
   * Makes an empty step.
   *
   * @param maxErrorBytes what the store takes of an error; what is longer is cut
   */
  Step(Job job, CommitId id, int maxErrorBytes) {
    this.job = job;
    this.maxErrorBytes = maxErrorBytes;
    this.changes = ChangeSet.builder(id);
  }

  Job job() {
    return job;
  }

  /**
   * Begins the next attempt of a node. Nobody else may have touched the task run since it was read.
   */
  void beginAttempt(Node node, String worker) {
    if (job.state() == ExecutionState.PENDING) {
      moveExecution(ExecutionState.RUNNING, null);
    }
    changes.updateTaskRun(node.id, TaskRunState.RUNNING, node.version, null);
    changes.recordAttempt(node.id, worker);
    job.move(node, TaskRunState.RUNNING);
    node.attempt++;
    node.attemptState = AttemptState.RUNNING;
    node.worker = worker;
    node.error = null;
    touched.add(node);
  }

  /** Ends the live attempt of a node, in the name of that attempt. */
  void endAttempt(Node node, AttemptState end, @Nullable Integer exitCode, @Nullable String error) {
    String kept = Errors.cut(error, maxErrorBytes);
    changes.updateAttempt(node.attemptId(), end, exitCode, kept);
    node.attemptState = end;
    node.error = kept;
    node.failed += end == AttemptState.FAILED ? 1 : 0;
    node.lost += end == AttemptState.LOST ? 1 : 0;
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
    job.move(node, to);
    touched.add(node);
  }

  /** Moves a node that has no live attempt. */
  void move(Node node, TaskRunState to) {
    changes.updateTaskRun(node.id, to, node.version, null);
    job.move(node, to);
    touched.add(node);
  }

  void moveExecution(ExecutionState to, @Nullable String error) {
    changes.updateExecution(job.id(), to, job.version(), Errors.cut(error, maxErrorBytes));
    job.move(to);
  }

  boolean isEmpty() {
    return changes.isEmpty();
  }

  ChangeSet changes() {
    return changes.build();
  }

  /** The store has accepted the change set. */
  Collection<Node> committed(Instant at) {
    job.place(touched, at);
    return touched;
  }
}
