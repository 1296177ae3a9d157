package dev.waymark.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.ConflictException;
import dev.waymark.core.conflict.LeaseLostException;
import dev.waymark.core.conflict.Refusal;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.contract.base.ContractTest;
import dev.waymark.testkit.contract.base.Parallel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Several stores on the same data, one after the other and at the same time. A backend that does
 * not support this skips the tests.
 *
 * @since 0.1.0
 */
public abstract class ReopenContract extends ContractTest {
  private static final Duration LONG = Duration.ofHours(1);

  /** For backends that run this topic alone. */
  protected ReopenContract() {}

  private StateStore reopen() {
    store.close();
    store = openAnother();
    return store;
  }

  /** An execution with everything that an execution can have. */
  private ExecutionId fullLife() {
    ExecutionId execution = ids.executionId();
    TaskRunId run = ids.taskRunId();
    store.saveWorkflow(new NewWorkflow(FLOW, "one\r\n", "first", Map.of("a", "b")));
    store.saveWorkflow(new NewWorkflow(FLOW, "two", null, Map.of()));
    store.createExecution(new NewExecution(execution, FLOW, 1, Map.of("c", "d"), Map.of("e", "f")));
    clock.advance(Duration.ofNanos(1_234_567));
    store.commit(
        changes()
            .updateExecution(execution, ExecutionState.RUNNING)
            .createTaskRun(new NewTaskRun(run, execution, new TaskId("extract")))
            .updateTaskRun(run, TaskRunState.RUNNING)
            .recordAttempt(run, "worker-1")
            .build());
    clock.advance(Duration.ofSeconds(1));
    store.updateAttempt(new AttemptId(run, 1), AttemptState.FAILED, 3, "no \uD83D\uDE80");
    return execution;
  }

  @Test
  @DisplayName("committed records are unchanged after the store is closed and opened again")
  void allThere() {
    ExecutionId execution = fullLife();
    store.commit(changes().updateExecution(execution, ExecutionState.CANCELLING, "stop").build());
    ExecutionDetails before = details(execution);
    List<Workflow> revisions = store.workflowHistory(FLOW, PageRequest.first(9)).items();
    reopen();
    assertThat(details(execution)).isEqualTo(before);
    assertThat(store.workflowHistory(FLOW, PageRequest.first(9)).items())
        .isEqualTo(revisions)
        .hasSize(2);
    assertThat(store.executions(ExecutionQuery.all()).items()).containsExactly(before.execution());
  }

  @Test
  @DisplayName(
      "versions, numbers, revisions and histories continue after the store is opened again")
  void goesOn() {
    ExecutionId execution = fullLife();
    TaskRunId run = store.taskRuns(execution).get(0).id();
    int steps = details(execution).history().size();
    reopen();
    assertThat(store.saveWorkflow(new NewWorkflow(FLOW, "two", null, Map.of())).changed())
        .isFalse();
    assertThat(store.saveWorkflow(new NewWorkflow(FLOW, "three")).version()).isEqualTo(3);
    assertThat(store.recordAttempt(run, "worker-2").version()).isEqualTo(2);
    store.updateAttempt(new AttemptId(run, 2), AttemptState.CANCELLED);
    store.updateTaskRun(run, TaskRunState.CANCELLED, 2);
    store.updateExecution(execution, ExecutionState.CANCELLING, 2);
    assertThat(store.updateExecution(execution, ExecutionState.CANCELLED, 3).version())
        .isEqualTo(4);
    assertThat(details(execution).history().get(steps + 3).sequence()).isEqualTo(steps + 4L);
  }

  @Test
  @DisplayName(
      "ready task runs, leases, due executions and outputs are kept when the store is opened again")
  void workGoesOn() {
    ExecutionId execution = execution();
    TaskRunId held = taskRun(execution);
    TaskRunId over = taskRun(execution);
    TaskRunId ready = taskRun(execution);
    TaskRunId later = taskRun(execution);
    store.commit(changes().readyTaskRun(held).build());
    store.claim(ClaimRequest.of("worker-1", 1, LONG));
    store.commit(changes().readyTaskRun(over).build());
    store.claim(ClaimRequest.of("worker-2", 1, Duration.ofMillis(1)));
    store.commit(
        changes()
            .readyTaskRun(ready, "gpu", 7, Duration.ZERO)
            .readyTaskRun(later, "gpu", 0, LONG)
            .setOutputs(new AttemptId(held, 1), Map.of("rows", "42"))
            .markDue(execution, DueReason.DEADLINE, Duration.ZERO)
            .build());
    ExecutionProgress before = exists(store.executionProgress(execution));
    assertThat(before.taskRuns())
        .extracting(ExecutionProgress.Item::ready)
        .containsExactly(false, false, true, true);
    reopen();
    assertThat(store.executionProgress(execution)).isEqualTo(before);
    assertGoesOn(execution, held, over, ready);
  }

  private void assertGoesOn(
      ExecutionId execution, TaskRunId held, TaskRunId over, TaskRunId ready) {
    ClaimRequest request = new ClaimRequest("worker-3", 9, LONG, Set.of("default", "gpu"));
    Claims claims = store.claim(request);
    assertThat(claims.claimed()).extracting(each -> each.taskRun().id()).containsExactly(ready);
    assertThat(claims.due()).containsExactly(new Claims.Due(execution, DueReason.DEADLINE));
    assertThat(claims.next()).isLessThanOrEqualTo(LONG);
    while (claims.expired().isEmpty()) {
      claims = store.claim(request);
    }
    AttemptId lost = new AttemptId(over, 1);
    assertThat(claims.expired()).containsExactly(new Claims.Leased(lost, execution, "worker-2"));
    store.commit(changes().loseAttempt(lost).build());
    AttemptId kept = new AttemptId(held, 1);
    refusedFor(
        RecordRef.of(kept),
        Refusal.Reason.OUT_OF_STEP,
        () -> store.commit(changes().loseAttempt(kept).build()));
    store.commit(changes().renewLease(kept, LONG).build());
  }

  @Test
  @DisplayName("a commit that is repeated after the store is opened again gets its first answer")
  void repeatedCommit() {
    ExecutionId execution = execution();
    ChangeSet changes = changes().updateExecution(execution, ExecutionState.RUNNING).build();
    CommitResult first = store.commit(changes);
    store.updateExecution(execution, ExecutionState.PAUSED, 2);
    clock.advance(Duration.ofDays(1));
    assertThat(reopen().commit(changes)).isEqualTo(first);
    assertThat(stored(execution).state()).isEqualTo(ExecutionState.PAUSED);
  }

  @Test
  @DisplayName(
      "a store immediately sees the commits of another one, and applies the same rules to them")
  void sideBySide() {
    StateStore other = openAnother();
    ExecutionId execution = execution();
    assertThat(other.execution(execution)).isEqualTo(stored(execution));
    other.updateExecution(execution, ExecutionState.RUNNING, 1);
    assertThat(stored(execution).state()).isEqualTo(ExecutionState.RUNNING);
    refused(
        ConflictException.class, () -> store.updateExecution(execution, ExecutionState.PAUSED, 1));
    store.updateExecution(execution, ExecutionState.PAUSED, 2);
    refused(
        ConflictException.class, () -> other.updateExecution(execution, ExecutionState.RUNNING, 2));
    assertThat(other.executionDetails(execution)).isEqualTo(details(execution));
  }

  @Test
  @DisplayName("a late write is refused after another store has started the next attempt")
  void lateWrite() {
    StateStore other = openAnother();
    TaskRunId run = attempt().taskRunId();
    other.commit(
        changes()
            .updateAttempt(new AttemptId(run, 1), AttemptState.LOST)
            .recordAttempt(run, "worker-2")
            .build());
    ExecutionDetails before = details(run);
    refused(
        LeaseLostException.class,
        () ->
            store.commit(
                changes()
                    .updateAttempt(new AttemptId(run, 1), AttemptState.SUCCEEDED, 0)
                    .updateTaskRun(new AttemptId(run, 1), TaskRunState.SUCCEEDED)
                    .build()));
    refused(
        LeaseLostException.class,
        () ->
            store.commit(
                changes().updateTaskRun(new AttemptId(run, 1), TaskRunState.RETRYING).build()));
    assertThat(details(run)).isEqualTo(before);
    store.updateAttempt(new AttemptId(run, 2), AttemptState.SUCCEEDED, 0);
  }

  @Test
  @DisplayName("nothing starts in an execution that another store has paused")
  void pausedByAnother() {
    StateStore other = openAnother();
    ExecutionId execution = execution();
    TaskRunId run = taskRun(execution);
    other.updateExecution(execution, ExecutionState.PAUSED, 1);
    refusedFor(
        RecordRef.of(run),
        Refusal.Reason.OUT_OF_STEP,
        () -> store.updateTaskRun(run, TaskRunState.RUNNING, 1));
    refusedFor(
        RecordRef.of(run), Refusal.Reason.OUT_OF_STEP, () -> store.recordAttempt(run, "worker-1"));
    other.updateExecution(execution, ExecutionState.RUNNING, 2);
    store.updateTaskRun(run, TaskRunState.RUNNING, 1);
  }

  @Test
  @DisplayName("no execution ends while a task run that another store has added is live")
  void addedByAnother() {
    StateStore other = openAnother();
    ExecutionId execution = execution();
    store.updateExecution(execution, ExecutionState.RUNNING, 1);
    TaskRunId added = ids.taskRunId();
    other.commit(
        changes().createTaskRun(new NewTaskRun(added, execution, new TaskId("late"))).build());
    refusedFor(
        RecordRef.of(execution),
        Refusal.Reason.OUT_OF_STEP,
        () -> store.updateExecution(execution, ExecutionState.SUCCEEDED, 2));
    other.updateTaskRun(added, TaskRunState.SKIPPED, 1);
    store.updateExecution(execution, ExecutionState.SUCCEEDED, 2);
  }

  @Test
  @DisplayName("an execution gets the newest revision, also when another store has saved it")
  void newestByAnother() {
    StateStore other = openAnother();
    execution();
    other.saveWorkflow(new NewWorkflow(FLOW, "newer"));
    ExecutionId next = ids.executionId();
    store.createExecution(new NewExecution(next, FLOW));
    assertThat(stored(next).workflowRevision()).isEqualTo(2);
  }

  @Test
  @DisplayName(
      "an execution that is created again by the same request may get task runs in the same commit")
  void createdAgain() {
    ExecutionId execution = ids.executionId();
    NewExecution request = new NewExecution(execution, flow());
    store.commit(changes().createExecution(request).build());
    reopen();
    store.updateExecution(execution, ExecutionState.RUNNING, 1);
    TaskRunId run = ids.taskRunId();
    CommitResult again =
        store.commit(
            changes()
                .createExecution(request)
                .createTaskRun(new NewTaskRun(run, execution, new TaskId("more")))
                .build());
    assertThat(again.outcomes()).extracting(Outcome::changed).containsExactly(false, true);
    assertThat(stored(run).executionId()).isEqualTo(execution);
  }

  @Test
  @DisplayName("a commit that is repeated through another store gets its first answer")
  void repeatedThroughAnother() {
    StateStore other = openAnother();
    ExecutionId execution = execution();
    ChangeSet changes = changes().updateExecution(execution, ExecutionState.RUNNING).build();
    List<CommitResult> results =
        Parallel.run(2, thread -> (thread == 0 ? store : other).commit(changes));
    assertThat(results.get(0)).isEqualTo(results.get(1));
    assertThat(details(execution).history()).hasSize(2);
  }

  @Test
  @DisplayName("four stores lose no update and no revision")
  void noLostUpdate() {
    flow();
    ExecutionId execution = executionIn(ExecutionState.RUNNING);
    List<StateStore> stores = new ArrayList<>(List.of(store));
    for (int i = 1; i < 4; i++) {
      stores.add(openAnother());
    }
    int each = 10;
    Parallel.run(
        4,
        thread -> {
          for (int i = 0; i < each; i++) {
            stores.get(thread).saveWorkflow(new NewWorkflow(FLOW, thread + "/" + i));
            togglePause(stores.get(thread), execution);
          }
          return each;
        });
    assertThat(stored(FLOW).revision()).isEqualTo(1 + 4 * each);
    assertThat(stored(execution).version()).isEqualTo(2 + 4 * each);
    assertThat(details(execution).history()).hasSize(2 + 4 * each);
  }

  private static void togglePause(StateStore store, ExecutionId id) {
    Outcome outcome = null;
    while (outcome == null) {
      var read = Objects.requireNonNull(store.execution(id));
      ExecutionState to =
          read.state() == ExecutionState.RUNNING ? ExecutionState.PAUSED : ExecutionState.RUNNING;
      try {
        outcome = store.updateExecution(id, to, read.version());
      } catch (ConflictException anotherWasFaster) {
        // The conflict asks the caller to read again.
      }
    }
  }

  @Test
  @DisplayName("a reader of another store never sees a part of a change set")
  void readersSeeWholes() {
    StateStore other = openAnother();
    flow();
    List<ExecutionId> executions = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      executions.add(ids.executionId());
    }
    AtomicBoolean done = new AtomicBoolean();
    Parallel.run(
        2,
        thread ->
            thread == 0
                ? AtomicityContract.writeAll(this, executions, done)
                : AtomicityContract.readAll(other, executions, done));
  }
}
