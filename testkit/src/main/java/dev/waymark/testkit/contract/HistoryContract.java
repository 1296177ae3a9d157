package dev.waymark.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.ConflictException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.State;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.Transition;
import dev.waymark.core.query.Page;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.testkit.contract.base.ContractTest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The history of an execution: every transition of the execution and of its task runs and attempts,
 * numbered without gaps.
 *
 * @since 0.1.0
 */
public abstract class HistoryContract extends ContractTest {

  /** For backends that run this topic alone. */
  protected HistoryContract() {}

  private List<Transition> history(ExecutionId id) {
    return store.history(id, PageRequest.first(1_000)).items();
  }

  private static void assertGapless(List<Transition> history) {
    assertThat(history)
        .extracting(Transition::sequence)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, history.size()).boxed().toList());
  }

  @Test
  @DisplayName("it contains every transition of an execution in order, with its states and time")
  void wholeLife() {
    ExecutionId execution = execution();
    TaskRunId run = taskRun(execution);
    AttemptId attempt = new AttemptId(run, 1);
    store.updateExecution(execution, ExecutionState.RUNNING, 1);
    store.updateTaskRun(run, TaskRunState.RUNNING, 1);
    Instant began = clock.advance(Duration.ofSeconds(1));
    store.recordAttempt(run, "w");
    Instant ended = clock.advance(Duration.ofSeconds(1));
    store.commit(
        changes()
            .updateAttempt(attempt, AttemptState.SUCCEEDED, 0)
            .updateTaskRun(run, TaskRunState.SUCCEEDED)
            .updateExecution(execution, ExecutionState.SUCCEEDED)
            .build());
    RecordRef executionRef = RecordRef.of(execution);
    RecordRef runRef = RecordRef.of(run);
    RecordRef attemptRef = RecordRef.of(attempt);
    assertThat(history(execution))
        .containsExactly(
            step(1, executionRef, null, ExecutionState.PENDING, START),
            step(2, runRef, null, TaskRunState.PENDING, START),
            step(3, executionRef, ExecutionState.PENDING, ExecutionState.RUNNING, START),
            step(4, runRef, TaskRunState.PENDING, TaskRunState.RUNNING, START),
            step(5, attemptRef, null, AttemptState.RUNNING, began),
            step(6, attemptRef, AttemptState.RUNNING, AttemptState.SUCCEEDED, ended),
            step(7, runRef, TaskRunState.RUNNING, TaskRunState.SUCCEEDED, ended),
            step(8, executionRef, ExecutionState.RUNNING, ExecutionState.SUCCEEDED, ended));
  }

  private static Transition step(
      long sequence, RecordRef record, @Nullable State from, State to, Instant at) {
    return new Transition(sequence, record, from, to, at);
  }

  @Test
  @DisplayName("all transitions of one commit have the time of its answer")
  void oneTime() {
    ExecutionId execution = execution();
    clock.advance(Duration.ofSeconds(1));
    ChangeSet.Builder changes = changes().updateExecution(execution, ExecutionState.RUNNING);
    for (int i = 0; i < 20; i++) {
      changes.createTaskRun(new NewTaskRun(ids.taskRunId(), execution, new TaskId("task-" + i)));
    }
    Instant at = store.commit(changes.build()).at();
    assertThat(at).isEqualTo(clock.instant());
    assertThat(history(execution).subList(1, 22)).extracting(Transition::at).containsOnly(at);
  }

  /**
   * While the first change sets wait for the disk, the others queue up and are written together.
   */
  @Test
  @DisplayName("change sets of one group are numbered in the order of their commits")
  void writtenTogether() {
    List<ExecutionId> executions = List.of(execution(), execution());
    List<List<RecordRef>> created = List.of(new ArrayList<>(), new ArrayList<>());
    List<CompletableFuture<CommitResult>> commits = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      int chosen = i % 5 % 2;
      ChangeSet.Builder changes = changes();
      for (int j = 0; j <= i % 3; j++) {
        TaskRunId run = ids.taskRunId();
        TaskId task = new TaskId("task-" + i + "-" + j);
        changes.createTaskRun(new NewTaskRun(run, executions.get(chosen), task));
        created.get(chosen).add(RecordRef.of(run));
      }
      commits.add(store.commitAsync(changes.build()));
    }
    commits.forEach(CompletableFuture::join);
    for (int chosen = 0; chosen < 2; chosen++) {
      List<Transition> history = history(executions.get(chosen));
      assertGapless(history);
      assertThat(history.subList(1, history.size()))
          .extracting(Transition::record)
          .containsExactlyElementsOf(created.get(chosen));
    }
  }

  @Test
  @DisplayName(
      "within one commit the order is that of the changes, also when a record moves several times")
  void orderWithinOneCommit() {
    ExecutionId execution = execution();
    TaskRunId a = ids.taskRunId();
    TaskRunId b = ids.taskRunId();
    store.commit(
        changes()
            .createTaskRun(new NewTaskRun(b, execution, new TaskId("b")))
            .createTaskRun(new NewTaskRun(a, execution, new TaskId("a")))
            .updateTaskRun(a, TaskRunState.RUNNING)
            .updateTaskRun(b, TaskRunState.SKIPPED)
            .updateTaskRun(a, TaskRunState.RETRYING)
            .updateTaskRun(a, TaskRunState.RUNNING)
            .build());
    List<Transition> history = history(execution);
    assertGapless(history);
    assertThat(history.subList(1, 7))
        .extracting(Transition::record)
        .containsExactly(
            RecordRef.of(b),
            RecordRef.of(a),
            RecordRef.of(a),
            RecordRef.of(b),
            RecordRef.of(a),
            RecordRef.of(a));
    assertThat(history.subList(1, 7))
        .extracting(Transition::to)
        .containsExactly(
            TaskRunState.PENDING,
            TaskRunState.PENDING,
            TaskRunState.RUNNING,
            TaskRunState.SKIPPED,
            TaskRunState.RETRYING,
            TaskRunState.RUNNING);
  }

  @Test
  @DisplayName("each execution is numbered separately, also when one commit moves several")
  void eachOnItsOwn() {
    List<ExecutionId> executions = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      executions.add(execution());
    }
    for (int round = 0; round < 3; round++) {
      ChangeSet.Builder changes = changes();
      for (int i = round; i < executions.size(); i++) {
        changes.updateExecution(
            executions.get(i), round % 2 == 0 ? ExecutionState.RUNNING : ExecutionState.PAUSED);
      }
      store.commit(changes.build());
    }
    for (int i = 0; i < executions.size(); i++) {
      assertGapless(history(executions.get(i)));
      assertThat(history(executions.get(i))).hasSize(1 + Math.min(i + 1, 3));
    }
  }

  @Test
  @DisplayName("a refused or ineffective change leaves no transition and no gap")
  void noGaps() {
    ExecutionId execution = execution();
    TaskRunId run = taskRun(execution);
    refused(
        ConflictException.class, () -> store.updateExecution(execution, ExecutionState.RUNNING, 9));
    store.createExecution(new NewExecution(execution, FLOW));
    store.createTaskRun(new NewTaskRun(run, execution, stored(run).taskId()));
    store.saveWorkflow(new NewWorkflow(FLOW, "another"));
    store.updateExecution(execution, ExecutionState.RUNNING, 1);
    assertThat(history(execution)).hasSize(3);
    assertGapless(history(execution));
  }

  @Test
  @DisplayName("a clock that goes back does not change the order")
  void clockStepsBack() {
    ExecutionId execution = execution();
    Instant before = clock.advance(Duration.ofHours(-1));
    store.updateExecution(execution, ExecutionState.RUNNING, 1);
    assertGapless(history(execution));
    assertThat(history(execution)).extracting(Transition::at).containsExactly(START, before);
  }

  @Test
  @DisplayName("pages keep order and total, also past the end")
  void pages() {
    ExecutionId execution = execution();
    for (int i = 0; i < 24; i++) {
      taskRun(execution);
    }
    List<Transition> all = history(execution);
    assertThat(all).hasSize(25);
    for (int offset = 0; offset <= 30; offset += 5) {
      Page<Transition> page = store.history(execution, new PageRequest(offset, 7));
      List<Transition> expected = all.subList(Math.min(offset, 25), Math.min(offset + 7, 25));
      assertThat(page).isEqualTo(new Page<Transition>(expected, 25, (long) offset, 7, null));
    }
    assertThat(store.history(execution, new PageRequest(Long.MAX_VALUE, 7)).total()).isEqualTo(25);
    assertThat(details(execution).history()).isEqualTo(all);
  }

  @Test
  @DisplayName("the details of an execution contain its whole history, whatever its length")
  void longHistory() {
    ExecutionId execution = execution();
    ChangeSet.Builder changes = changes();
    for (int i = 0; i < 1_500; i++) {
      changes.createTaskRun(new NewTaskRun(ids.taskRunId(), execution, new TaskId("task-" + i)));
    }
    store.commit(changes.build());
    assertThat(details(execution).history()).hasSize(1_501);
    assertThat(details(execution).taskRuns()).hasSize(1_500);
    assertGapless(details(execution).history());
    assertThat(store.taskRuns(execution)).hasSize(1_500);
  }

  @Test
  @DisplayName("a missing execution has an empty history")
  void unknown() {
    Page<Transition> page = store.history(ids.executionId(), PageRequest.first(3));
    assertThat(page).isEqualTo(new Page<Transition>(List.of(), 0, 0L, 3, null));
  }
}
