package dev.waymark.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.ConflictException;
import dev.waymark.core.conflict.NotFoundException;
import dev.waymark.core.conflict.Refusal;
import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Invariants;
import dev.waymark.testkit.contract.base.ContractTest;
import dev.waymark.testkit.contract.base.Parallel;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * A change set is whole or absent, for its caller and for every concurrent reader.
 *
 * @since 0.1.0
 */
public abstract class AtomicityContract extends ContractTest {
  private static final int TASKS = 100;

  /** For backends that run this topic alone. */
  protected AtomicityContract() {}

  private static ChangeSet create(
      ChangeSet.Builder changes, ExecutionId execution, List<TaskRunId> runs) {
    changes.createExecution(new NewExecution(execution, FLOW));
    for (int i = 0; i < runs.size(); i++) {
      changes.createTaskRun(new NewTaskRun(runs.get(i), execution, new TaskId("task-" + i)));
    }
    return changes.build();
  }

  private static ChangeSet start(
      ChangeSet.Builder changes, ExecutionId execution, List<TaskRunId> runs) {
    changes.updateExecution(execution, ExecutionState.RUNNING);
    runs.forEach(run -> changes.updateTaskRun(run, TaskRunState.RUNNING));
    return changes.build();
  }

  private static ChangeSet finish(
      ChangeSet.Builder changes, ExecutionId execution, List<TaskRunId> runs) {
    runs.forEach(run -> changes.updateTaskRun(run, TaskRunState.SUCCEEDED));
    return changes.updateExecution(execution, ExecutionState.SUCCEEDED).build();
  }

  private static List<TaskRunId> newTaskRunIds(Ids ids) {
    return IntStream.range(0, TASKS).mapToObj(i -> ids.taskRunId()).toList();
  }

  /** An execution with its task runs, all RUNNING. */
  private ExecutionId runningWith(List<TaskRunId> runs) {
    flow();
    ExecutionId execution = ids.executionId();
    store.commit(create(changes(), execution, runs));
    store.commit(start(changes(), execution, runs));
    return execution;
  }

  @Test
  @DisplayName("a change set may be large: it creates and moves thousands of records together")
  void large() {
    int count = 5_000;
    ExecutionId execution = executionIn(ExecutionState.RUNNING);
    ChangeSet.Builder create = changes();
    ChangeSet.Builder start = changes();
    ChangeSet.Builder end = changes();
    for (int i = 0; i < count; i++) {
      TaskRunId run = ids.taskRunId();
      create.createTaskRun(new NewTaskRun(run, execution, new TaskId("t" + i)));
      start.updateTaskRun(run, TaskRunState.RUNNING, 1L).recordAttempt(run, "w");
      end.updateAttempt(new AttemptId(run, 1), AttemptState.SUCCEEDED, 0);
      end.add(new Change.UpdateTaskRun(run, TaskRunState.SUCCEEDED, 2L, 1));
    }
    store.commit(create.build());
    openAnother().commit(start.build());
    store.commit(end.updateExecution(execution, ExecutionState.SUCCEEDED).build());
    assertThat(Invariants.violations(store)).isEmpty();
    assertThat(details(execution).history()).hasSize(2 + 5 * count + 1);
  }

  @Test
  @DisplayName("1 execution and 100 task runs of which one is refused all stay unchanged")
  void oneOfMany() {
    List<TaskRunId> runs = newTaskRunIds(ids);
    ExecutionId execution = runningWith(runs);
    store.updateTaskRun(runs.get(57), TaskRunState.FAILED, 2);
    ExecutionDetails before = details(execution);
    ConflictException refusal =
        refused(
            ConflictException.class,
            () ->
                store.commit(
                    changes()
                        .updateTaskRun(runs.get(57), TaskRunState.SUCCEEDED, 2L)
                        .updateExecution(execution, ExecutionState.PAUSED)
                        .updateTaskRun(runs.get(0), TaskRunState.SUCCEEDED)
                        .build()));
    assertThat(refusal.refusals())
        .extracting(Refusal::record)
        .containsExactly(RecordRef.of(runs.get(57)));
    RefusedException whole =
        refused(RefusedException.class, () -> store.commit(finish(changes(), execution, runs)));
    assertThat(whole.refusals())
        .extracting(Refusal::record)
        .containsExactly(RecordRef.of(runs.get(57)));
    assertThat(details(execution)).isEqualTo(before);
    assertThat(before.taskRuns()).hasSize(TASKS);
  }

  @Test
  @DisplayName("the refused change may be the first, the last or in the middle of the change set")
  void anywhere() {
    List<TaskRunId> runs = newTaskRunIds(ids);
    ExecutionId execution = runningWith(runs);
    ExecutionDetails before = details(execution);
    for (int place : new int[] {0, TASKS / 2, TASKS}) {
      ChangeSet.Builder changes = changes();
      for (int i = 0; i <= TASKS; i++) {
        if (i == place) {
          changes.updateExecution(execution, ExecutionState.CANCELLING, 99L);
        }
        if (i < TASKS) {
          changes.updateTaskRun(runs.get(i), TaskRunState.SUCCEEDED);
        }
      }
      refusedFor(
          RecordRef.of(execution), Reason.STALE_VERSION, () -> store.commit(changes.build()));
      assertThat(details(execution)).isEqualTo(before);
    }
  }

  @Test
  @DisplayName("a refusal names every conflicting record, in the order of the changes")
  void namesAll() {
    List<TaskRunId> runs = newTaskRunIds(ids);
    ExecutionId execution = runningWith(runs);
    store.recordAttempt(runs.get(20), "worker-1");
    ExecutionId ended = executionIn(ExecutionState.SUCCEEDED);
    TaskRunId unknown = ids.taskRunId();
    AttemptId noAttempt = new AttemptId(runs.get(30), 7);
    ExecutionDetails before = details(execution);
    ChangeSet changes =
        changes()
            .updateTaskRun(runs.get(0), TaskRunState.SUCCEEDED)
            .updateTaskRun(runs.get(10), TaskRunState.SUCCEEDED, 7L)
            .updateTaskRun(runs.get(11), TaskRunState.SKIPPED)
            .updateTaskRun(runs.get(20), TaskRunState.SUCCEEDED)
            .updateTaskRun(new AttemptId(runs.get(21), 4), TaskRunState.SUCCEEDED)
            .updateTaskRun(unknown, TaskRunState.RUNNING)
            .updateAttempt(noAttempt, AttemptState.FAILED)
            .updateExecution(ended, ExecutionState.RUNNING)
            .updateExecution(execution, ExecutionState.SUCCEEDED)
            .build();
    ConflictException refusal = refused(ConflictException.class, () -> store.commit(changes));
    assertThat(refusal.refusals())
        .extracting(Refusal::record)
        .containsExactly(
            RecordRef.of(runs.get(10)),
            RecordRef.of(runs.get(11)),
            RecordRef.of(runs.get(20)),
            RecordRef.of(runs.get(21)),
            RecordRef.of(unknown),
            RecordRef.of(noAttempt),
            RecordRef.of(ended),
            RecordRef.of(execution));
    assertThat(refusal.refusals())
        .extracting(Refusal::reason)
        .containsExactly(
            Reason.STALE_VERSION,
            Reason.ILLEGAL_MOVE,
            Reason.OUT_OF_STEP,
            Reason.LEASE_LOST,
            Reason.NOT_FOUND,
            Reason.NOT_FOUND,
            Reason.ILLEGAL_MOVE,
            Reason.OUT_OF_STEP);
    refusal.refusals().forEach(one -> assertThat(refusal).hasMessageContaining(one.message()));
    assertThat(details(execution)).isEqualTo(before);
  }

  @Test
  @DisplayName("records that a refused change set would create do not exist")
  void createsNothing() {
    WorkflowId workflow = new WorkflowId("new-one");
    ExecutionId execution = ids.executionId();
    TaskRunId run = ids.taskRunId();
    TaskRunId unknown = ids.taskRunId();
    ChangeSet changes =
        changes()
            .saveWorkflow(new NewWorkflow(workflow, "x"))
            .createExecution(new NewExecution(execution, workflow))
            .createTaskRun(new NewTaskRun(run, execution, new TaskId("a")))
            .recordAttempt(run, "w")
            .recordAttempt(unknown, "w")
            .build();
    refused(NotFoundException.class, () -> store.commit(changes));
    assertThat(store.workflow(workflow)).isNull();
    assertThat(store.execution(execution)).isNull();
    assertThat(store.taskRun(run)).isNull();
    assertThat(store.attempts(run)).isEmpty();
  }

  @Test
  @DisplayName("one change set may save a workflow, start its first execution and end it")
  void wholeLife() {
    ExecutionId execution = ids.executionId();
    TaskRunId run = ids.taskRunId();
    store.commit(
        changes()
            .saveWorkflow(new NewWorkflow(FLOW, "x"))
            .createExecution(new NewExecution(execution, FLOW))
            .updateExecution(execution, ExecutionState.RUNNING)
            .createTaskRun(new NewTaskRun(run, execution, new TaskId("a")))
            .updateTaskRun(run, TaskRunState.RUNNING)
            .recordAttempt(run, "w")
            .updateAttempt(new AttemptId(run, 1), AttemptState.FAILED, 1, "first")
            .updateTaskRun(run, TaskRunState.RETRYING)
            .updateTaskRun(run, TaskRunState.RUNNING)
            .recordAttempt(run, "w")
            .updateAttempt(new AttemptId(run, 2), AttemptState.SUCCEEDED, 0)
            .add(new Change.UpdateTaskRun(run, TaskRunState.SUCCEEDED, 4L, 2))
            .updateExecution(execution, ExecutionState.SUCCEEDED, 2L)
            .build());
    assertThat(stored(execution).version()).isEqualTo(3);
    assertThat(stored(run).version()).isEqualTo(5);
    assertThat(stored(run).lastAttempt()).isEqualTo(2);
    assertThat(details(execution).history()).hasSize(12);
  }

  @Test
  @DisplayName("a concurrent reader never sees a part of a change set")
  void readersSeeWholes() {
    flow();
    List<ExecutionId> executions = IntStream.range(0, 10).mapToObj(i -> ids.executionId()).toList();
    AtomicBoolean done = new AtomicBoolean();
    Parallel.run(
        3,
        thread ->
            thread == 0 ? writeAll(this, executions, done) : readAll(store, executions, done));
    for (ExecutionId execution : executions) {
      assertThat(stored(execution).state()).isEqualTo(ExecutionState.SUCCEEDED);
    }
  }

  /**
   * Moves executions with 100 task runs each from creation to their end, in three change sets for
   * each.
   */
  static int writeAll(ContractTest test, List<ExecutionId> executions, AtomicBoolean done) {
    try {
      for (ExecutionId execution : executions) {
        List<TaskRunId> runs = newTaskRunIds(test.ids);
        test.store.commit(create(test.changes(), execution, runs));
        test.store.commit(start(test.changes(), execution, runs));
        test.store.commit(finish(test.changes(), execution, runs));
      }
      return executions.size();
    } finally {
      done.set(true);
    }
  }

  /** Reads until the writer has finished, and once more after that. */
  static int readAll(StateStore store, List<ExecutionId> executions, AtomicBoolean done) {
    boolean last;
    int seen = 0;
    do {
      last = done.get();
      for (ExecutionId execution : executions) {
        ExecutionDetails details = store.executionDetails(execution);
        if (details != null) {
          assertWhole(details);
          seen++;
        }
      }
    } while (!last);
    return seen;
  }

  private static void assertWhole(ExecutionDetails details) {
    TaskRunState expected =
        switch (details.execution().state()) {
          case PENDING -> TaskRunState.PENDING;
          case RUNNING -> TaskRunState.RUNNING;
          default -> TaskRunState.SUCCEEDED;
        };
    assertThat(details.taskRuns())
        .as("task runs of an execution that is %s", details.execution().state())
        .hasSize(TASKS)
        .extracting(run -> run.taskRun().state())
        .containsOnly(expected);
    assertThat(details.history()).hasSize((int) details.execution().version() * (TASKS + 1));
  }
}
