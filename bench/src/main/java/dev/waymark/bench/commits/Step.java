package dev.waymark.bench.commits;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import java.util.Map;

/**
 * One step of a lifecycle: the changes that become durable together.
 *
 * @param lifecycle the lifecycle
 * @param number from 1 to {@link Lifecycle#STEPS}
 * @param commit its commit id
 */
public record Step(Lifecycle lifecycle, int number, CommitId commit) {
  /** The worker that makes every attempt. */
  static final String WORKER = "bench-worker-1";

  /** What a step does. */
  enum Kind {
    /** The execution and its task runs are created. */
    CREATE,
    /** The execution begins to run. */
    START,
    /** A task run begins to run, with its first attempt. */
    BEGIN_TASK,
    /** The attempt succeeds, and with it the task run. */
    END_TASK,
    /** The execution succeeds. */
    FINISH
  }

  Kind kind() {
    return switch (number) {
      case 1 -> Kind.CREATE;
      case 2 -> Kind.START;
      case Lifecycle.STEPS -> Kind.FINISH;
      default -> number % 2 == 1 ? Kind.BEGIN_TASK : Kind.END_TASK;
    };
  }

  /** The task run of the step. Call it only for a step of a task run. */
  TaskRunId taskRun() {
    return lifecycle.taskRuns().get((number - 3) / 2);
  }

  /** The step as a change set for Waymark, with every version and fence that it can expect. */
  public ChangeSet changeSet() {
    ChangeSet.Builder changes = ChangeSet.builder(commit);
    switch (kind()) {
      case CREATE -> create(changes);
      case START -> changes.updateExecution(lifecycle.execution(), ExecutionState.RUNNING, 1L);
      case BEGIN_TASK ->
          changes
              .updateTaskRun(taskRun(), TaskRunState.RUNNING, 1L)
              .recordAttempt(taskRun(), WORKER);
      case END_TASK ->
          changes
              .updateAttempt(new AttemptId(taskRun(), 1), AttemptState.SUCCEEDED, 0)
              .add(new Change.UpdateTaskRun(taskRun(), TaskRunState.SUCCEEDED, 2L, 1));
      case FINISH -> changes.updateExecution(lifecycle.execution(), ExecutionState.SUCCEEDED, 2L);
    }
    return changes.build();
  }

  private void create(ChangeSet.Builder changes) {
    changes.createExecution(
        new NewExecution(lifecycle.execution(), lifecycle.workflow(), 1, Map.of(), Map.of()));
    for (int i = 0; i < lifecycle.taskRuns().size(); i++) {
      changes.createTaskRun(
          new NewTaskRun(
              lifecycle.taskRuns().get(i), lifecycle.execution(), Lifecycle.TASKS.get(i)));
    }
  }
}
