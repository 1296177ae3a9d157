package dev.waymark.core.store;

import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;

/**
 * Commits change sets: a {@link StateStore}, or a part of a store whose commits belong to a
 * transaction of the caller.
 *
 * <p>The named single-record methods, such as {@link #createExecution}, each commit a change set of
 * one change.
 *
 * @since 0.1.0
 */
public interface Committer {

  /**
   * Commits a change set atomically: all of its changes take effect, or none. When they become
   * durable is a property of the committer.
   *
   * @throws RefusedException when the change set conflicts with a record. The type of the exception
   *     and {@link RefusedException#refusals()} say which records, and why
   */
  CommitResult commit(ChangeSet changes);

  /** Saves a workflow; {@link Outcome#version()} is its revision. */
  default Outcome saveWorkflow(NewWorkflow workflow) {
    return commitOne(new Change.SaveWorkflow(workflow));
  }

  /** Creates an execution in state PENDING. */
  default Outcome createExecution(NewExecution execution) {
    return commitOne(new Change.CreateExecution(execution));
  }

  /** Moves an execution to another state; its version must be {@code expectedVersion}. */
  default Outcome updateExecution(ExecutionId id, ExecutionState to, long expectedVersion) {
    return commitOne(new Change.UpdateExecution(id, to, expectedVersion, null));
  }

  /** Creates a task run in state PENDING. */
  default Outcome createTaskRun(NewTaskRun taskRun) {
    return commitOne(new Change.CreateTaskRun(taskRun));
  }

  /** Moves a task run to another state; its version must be {@code expectedVersion}. */
  default Outcome updateTaskRun(TaskRunId id, TaskRunState to, long expectedVersion) {
    return commitOne(new Change.UpdateTaskRun(id, to, expectedVersion, null));
  }

  /**
   * Records the next attempt of a task run. The outcome names the attempt; {@link
   * Outcome#version()} is its number.
   */
  default Outcome recordAttempt(TaskRunId id, String worker) {
    return commitOne(new Change.RecordAttempt(id, worker));
  }

  /** Ends an attempt. */
  default Outcome updateAttempt(AttemptId id, AttemptState to) {
    return commitOne(new Change.UpdateAttempt(id, to, null, null));
  }

  /** Ends an attempt with the exit code of its process. */
  default Outcome updateAttempt(AttemptId id, AttemptState to, int exitCode) {
    return commitOne(new Change.UpdateAttempt(id, to, exitCode, null));
  }

  /** Ends an attempt with an error. */
  default Outcome updateAttempt(AttemptId id, AttemptState to, String error) {
    return commitOne(new Change.UpdateAttempt(id, to, null, error));
  }

  /** Ends an attempt with the exit code of its process and an error. */
  default Outcome updateAttempt(AttemptId id, AttemptState to, int exitCode, String error) {
    return commitOne(new Change.UpdateAttempt(id, to, exitCode, error));
  }

  private Outcome commitOne(Change change) {
    return commit(ChangeSet.builder().add(change).build()).outcomes().get(0);
  }
}
