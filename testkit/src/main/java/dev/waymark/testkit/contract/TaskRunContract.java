package dev.waymark.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.ConflictException;
import dev.waymark.core.conflict.IllegalTransitionException;
import dev.waymark.core.conflict.Refusal;
import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.Outcome;
import dev.waymark.testkit.contract.base.ContractTest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Task runs: one for each task of an execution, and the rules between an execution and its task
 * runs.
 *
 * @since 0.1.0
 */
public abstract class TaskRunContract extends ContractTest {
  private static final TaskId EXTRACT = new TaskId("extract");

  /** For backends that run this topic alone. */
  protected TaskRunContract() {}

  @Test
  @DisplayName("creating a task run again for the same execution and task changes nothing")
  void idempotent() {
    ExecutionId execution = execution();
    NewTaskRun request = new NewTaskRun(ids.taskRunId(), execution, EXTRACT);
    assertThat(store.createTaskRun(request))
        .isEqualTo(new Outcome(RecordRef.of(request.id()), 1, true));
    store.updateTaskRun(request.id(), TaskRunState.RUNNING, 1);
    ExecutionDetails before = details(execution);
    clock.advance(Duration.ofHours(1));
    assertThat(store.createTaskRun(request))
        .isEqualTo(new Outcome(RecordRef.of(request.id()), 2, false));
    assertThat(details(execution)).isEqualTo(before);
  }

  @Test
  @DisplayName("an id that was used for another task or execution is a conflict")
  void idTaken() {
    ExecutionId execution = execution();
    ExecutionId other = execution();
    TaskRunId id = ids.taskRunId();
    store.createTaskRun(new NewTaskRun(id, execution, EXTRACT));
    for (NewTaskRun request :
        List.of(
            new NewTaskRun(id, execution, new TaskId("publish")),
            new NewTaskRun(id, other, EXTRACT))) {
      Refusal refusal =
          refusedFor(RecordRef.of(id), Reason.ALREADY_EXISTS, () -> store.createTaskRun(request));
      assertThat(refusal.found()).contains("extract", execution.toString());
    }
    assertThat(store.taskRuns(other)).isEmpty();
  }

  @Test
  @DisplayName("a task has one task run in each execution")
  void onePerTask() {
    ExecutionId execution = execution();
    ExecutionId other = execution();
    TaskRunId first = ids.taskRunId();
    TaskRunId second = ids.taskRunId();
    store.createTaskRun(new NewTaskRun(first, execution, EXTRACT));
    Refusal refusal =
        refusedFor(
            RecordRef.of(second),
            Reason.ALREADY_EXISTS,
            () -> store.createTaskRun(new NewTaskRun(second, execution, EXTRACT)));
    assertThat(refusal.found()).contains(first.toString());
    assertThat(store.taskRun(second)).isNull();
    store.createTaskRun(new NewTaskRun(second, other, EXTRACT));
    assertThat(stored(second).executionId()).isEqualTo(other);
  }

  @Test
  @DisplayName("two task runs for one task in the same change set are refused")
  void onePerTaskWithinOneChangeSet() {
    ExecutionId execution = execution();
    ChangeSet twice =
        changes()
            .createTaskRun(new NewTaskRun(ids.taskRunId(), execution, EXTRACT))
            .createTaskRun(new NewTaskRun(ids.taskRunId(), execution, EXTRACT))
            .build();
    refused(ConflictException.class, () -> store.commit(twice));
    assertThat(store.taskRuns(execution)).isEmpty();
  }

  @Test
  @DisplayName("a task run of a missing execution is refused")
  void unknownExecution() {
    ExecutionId unknown = ids.executionId();
    TaskRunId id = ids.taskRunId();
    refusedFor(
        RecordRef.of(unknown),
        Reason.NOT_FOUND,
        () -> store.createTaskRun(new NewTaskRun(id, unknown, EXTRACT)));
    refusedFor(
        RecordRef.of(id), Reason.NOT_FOUND, () -> store.updateTaskRun(id, TaskRunState.RUNNING, 1));
    assertThat(store.taskRun(id)).isNull();
    assertThat(store.taskRuns(unknown)).isEmpty();
  }

  @ParameterizedTest(name = "({0})")
  @EnumSource(
      mode = Mode.INCLUDE,
      names = {"SUCCEEDED", "FAILED", "CANCELLED"})
  @DisplayName("an execution that has ended gets no new task run")
  void endedExecutionGainsNone(ExecutionState ended) {
    ExecutionId execution = executionIn(ended);
    ExecutionDetails before = details(execution);
    Refusal refusal =
        refusedFor(
            RecordRef.of(execution),
            Reason.OUT_OF_STEP,
            () -> store.createTaskRun(new NewTaskRun(ids.taskRunId(), execution, EXTRACT)));
    assertThat(refusal.found()).contains(ended.name());
    assertThat(details(execution)).isEqualTo(before);
  }

  @ParameterizedTest(name = "({0})")
  @EnumSource(
      mode = Mode.INCLUDE,
      names = {"PENDING", "RUNNING", "PAUSED", "CANCELLING"})
  @DisplayName("an execution that has not ended gets new task runs")
  void liveExecutionGainsSome(ExecutionState live) {
    TaskRunId id = taskRun(executionIn(live));
    assertThat(stored(id).state()).isEqualTo(TaskRunState.PENDING);
  }

  @ParameterizedTest(name = "({0})")
  @EnumSource(
      mode = Mode.INCLUDE,
      names = {"PENDING", "RUNNING", "RETRYING"})
  @DisplayName("an execution does not end while a task run is live")
  void executionWaitsForTaskRuns(TaskRunState live) {
    ExecutionId execution = executionIn(ExecutionState.RUNNING);
    taskRunIn(execution, TaskRunState.SUCCEEDED);
    taskRunIn(execution, live);
    ExecutionDetails before = details(execution);
    for (ExecutionState end : List.of(ExecutionState.SUCCEEDED, ExecutionState.FAILED)) {
      Refusal refusal =
          refusedFor(
              RecordRef.of(execution),
              Reason.OUT_OF_STEP,
              () -> store.updateExecution(execution, end, 2));
      assertThat(refusal.found()).contains("1");
      refused(IllegalTransitionException.class, () -> store.updateExecution(execution, end, 2));
    }
    assertThat(details(execution)).isEqualTo(before);
    store.updateExecution(execution, ExecutionState.CANCELLING, 2);
    refusedFor(
        RecordRef.of(execution),
        Reason.OUT_OF_STEP,
        () -> store.updateExecution(execution, ExecutionState.CANCELLED, 3));
  }

  @Test
  @DisplayName("an execution can end when all its task runs have ended, in any terminal state")
  void executionEndsAfterTaskRuns() {
    ExecutionId execution = executionIn(ExecutionState.RUNNING);
    for (TaskRunState end : TaskRunState.values()) {
      if (end.isTerminal()) {
        taskRunIn(execution, end);
      }
    }
    store.updateExecution(execution, ExecutionState.FAILED, 2);
    assertThat(stored(execution).state()).isEqualTo(ExecutionState.FAILED);
  }

  @Test
  @DisplayName(
      "in one change set the order counts: the last task run ends first, then the execution")
  void orderWithinOneChangeSet() {
    ExecutionId execution = executionIn(ExecutionState.RUNNING);
    TaskRunId run = taskRunIn(execution, TaskRunState.RUNNING);
    ExecutionDetails before = details(execution);
    ChangeSet executionFirst =
        changes()
            .updateExecution(execution, ExecutionState.SUCCEEDED)
            .updateTaskRun(run, TaskRunState.SUCCEEDED)
            .build();
    refusedFor(RecordRef.of(execution), Reason.OUT_OF_STEP, () -> store.commit(executionFirst));
    assertThat(details(execution)).isEqualTo(before);
    store.commit(
        changes()
            .updateTaskRun(run, TaskRunState.SUCCEEDED)
            .updateExecution(execution, ExecutionState.SUCCEEDED)
            .build());
    assertThat(stored(execution).state()).isEqualTo(ExecutionState.SUCCEEDED);
  }

  @Test
  @DisplayName(
      "task runs that are created and ended in the change set that ends their execution count")
  void wholeLifeInOneChangeSet() {
    ExecutionId execution = executionIn(ExecutionState.RUNNING);
    TaskRunId run = ids.taskRunId();
    ChangeSet.Builder left =
        changes()
            .createTaskRun(new NewTaskRun(run, execution, EXTRACT))
            .updateExecution(execution, ExecutionState.SUCCEEDED);
    refusedFor(RecordRef.of(execution), Reason.OUT_OF_STEP, () -> store.commit(left.build()));
    assertThat(store.taskRuns(execution)).isEmpty();
    store.commit(
        changes()
            .createTaskRun(new NewTaskRun(run, execution, EXTRACT))
            .updateTaskRun(run, TaskRunState.SKIPPED)
            .updateExecution(execution, ExecutionState.SUCCEEDED)
            .build());
    assertThat(stored(run).state()).isEqualTo(TaskRunState.SKIPPED);
  }

  @Test
  @DisplayName(
      "startedAt is the time of its first move to RUNNING, and endedAt the time of its end, also with retries")
  void times() {
    TaskRunId id = taskRun(executionIn(ExecutionState.RUNNING));
    assertThat(stored(id).startedAt()).isNull();
    Instant first = clock.advance(Duration.ofSeconds(1));
    store.updateTaskRun(id, TaskRunState.RUNNING, 1);
    clock.advance(Duration.ofSeconds(1));
    store.updateTaskRun(id, TaskRunState.RETRYING, 2);
    clock.advance(Duration.ofSeconds(1));
    store.updateTaskRun(id, TaskRunState.RUNNING, 3);
    assertThat(stored(id).startedAt()).isEqualTo(first);
    assertThat(stored(id).endedAt()).isNull();
    Instant end = clock.advance(Duration.ofSeconds(1));
    assertThat(store.updateTaskRun(id, TaskRunState.SUCCEEDED, 4).version()).isEqualTo(5);
    assertThat(stored(id).createdAt()).isEqualTo(START);
    assertThat(stored(id).startedAt()).isEqualTo(first);
    assertThat(stored(id).endedAt()).isEqualTo(end);
  }

  @Test
  @DisplayName("a skipped task run has no startedAt")
  void skipped() {
    TaskRunId id = taskRunIn(execution(), TaskRunState.SKIPPED);
    assertThat(stored(id).startedAt()).isNull();
    assertThat(stored(id).endedAt()).isEqualTo(START);
  }

  @Test
  @DisplayName("task runs are listed by time of creation, then by id as an unsigned number")
  void order() {
    ExecutionId execution = execution();
    List<TaskRunId> expected = new ArrayList<>();
    for (int commit = 0; commit < 3; commit++) {
      List<TaskRunId> tied = new ArrayList<>();
      for (long high : new long[] {0, 1, Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
        tied.add(new TaskRunId(new UUID(high, commit)));
        tied.add(new TaskRunId(new UUID(high, Long.MIN_VALUE + commit)));
      }
      expected.addAll(tied);
      Collections.shuffle(tied, new Random(commit));
      ChangeSet.Builder changes = changes();
      tied.forEach(
          id -> changes.createTaskRun(new NewTaskRun(id, execution, new TaskId("task-" + id))));
      store.commit(changes.build());
      clock.advance(Duration.ofNanos(1_000));
    }
    assertThat(store.taskRuns(execution))
        .extracting(TaskRun::id)
        .containsExactlyElementsOf(expected);
    assertThat(details(execution).taskRuns())
        .extracting(run -> run.taskRun().id())
        .containsExactlyElementsOf(expected);
  }

  @Test
  @DisplayName("the progress of task runs is queried by their ids, across executions")
  void progressOfSome() {
    ExecutionId execution = executionIn(ExecutionState.RUNNING);
    TaskRunId ended = taskRunIn(execution, TaskRunState.RUNNING);
    TaskRunId left = taskRun(execution);
    TaskRunId ready = taskRun(execution);
    ExecutionId other = execution();
    TaskRunId idle = taskRun(other);
    store.recordAttempt(ended, "worker-1");
    store.commit(
        changes()
            .setOutputs(new AttemptId(ended, 1), Map.of("rows", "42"))
            .updateAttempt(new AttemptId(ended, 1), AttemptState.SUCCEEDED, 0)
            .updateTaskRun(ended, TaskRunState.SUCCEEDED)
            .readyTaskRun(ready)
            .build());
    List<ExecutionProgress.Item> all = new ArrayList<>(items(execution));
    all.addAll(items(other));
    all.removeIf(item -> item.taskRun().id().equals(left));
    assertThat(all).hasSize(3);
    assertThat(store.taskRunProgress(List.of(idle, ready, ids.taskRunId(), ended, ready)))
        .isEqualTo(all);
    assertThat(store.taskRunProgress(List.of())).isEmpty();
    assertThat(store.taskRunProgress(List.of(ids.taskRunId()))).isEmpty();
  }

  private List<ExecutionProgress.Item> items(ExecutionId execution) {
    return exists(store.executionProgress(execution)).taskRuns();
  }

  @ParameterizedTest
  @EnumSource(
      value = ExecutionState.class,
      names = {"PAUSED", "CANCELLING"})
  @DisplayName("no task run starts while the execution is paused")
  void nothingStartsWhileHeld(ExecutionState held) {
    ExecutionId execution = execution();
    TaskRunId run = taskRun(execution);
    store.commit(changes().updateExecution(execution, held).build());
    ExecutionDetails before = details(run);
    refusedFor(
        RecordRef.of(run),
        Reason.OUT_OF_STEP,
        () -> store.commit(changes().updateTaskRun(run, TaskRunState.RUNNING).build()));
    refusedFor(
        RecordRef.of(run),
        Reason.OUT_OF_STEP,
        () -> store.commit(changes().recordAttempt(run, "worker").build()));
    assertThat(details(run)).isEqualTo(before);
  }
}
