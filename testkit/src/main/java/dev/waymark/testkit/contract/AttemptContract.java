package dev.waymark.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.IllegalTransitionException;
import dev.waymark.core.conflict.LeaseLostException;
import dev.waymark.core.conflict.Refusal;
import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.Outcome;
import dev.waymark.testkit.contract.base.ContractTest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Attempts: numbers without gaps, one live attempt at a time, and the number as the fence of the
 * task run.
 *
 * @since 0.1.0
 */
public abstract class AttemptContract extends ContractTest {

  /** For backends that run this topic alone. */
  protected AttemptContract() {}

  private TaskRunId running() {
    return taskRunIn(executionIn(ExecutionState.RUNNING), TaskRunState.RUNNING);
  }

  /** A task run whose first attempt was lost and whose second one is live. */
  private TaskRunId takenOver() {
    TaskRunId id = attemptIn(AttemptState.LOST).taskRunId();
    store.recordAttempt(id, "worker-2");
    return id;
  }

  @Test
  @DisplayName("attempts are numbered from 1 without gaps, separately for each task run")
  void numbers() {
    TaskRunId a = running();
    TaskRunId b = running();
    for (int number = 1; number <= 20; number++) {
      for (TaskRunId run : List.of(a, b)) {
        AttemptId id = new AttemptId(run, number);
        assertThat(store.recordAttempt(run, "w"))
            .isEqualTo(new Outcome(RecordRef.of(id), number, true));
        store.updateAttempt(id, AttemptState.FAILED, 1);
      }
    }
    assertThat(store.attempts(a))
        .extracting(Attempt::number)
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 20).boxed().toList());
    assertThat(stored(a).lastAttempt()).isEqualTo(20);
  }

  @Test
  @DisplayName("several attempts of a task run in one change set get the next numbers")
  void numbersWithinOneChangeSet() {
    TaskRunId run = running();
    CommitResult result =
        store.commit(
            changes()
                .recordAttempt(run, "w1")
                .updateAttempt(new AttemptId(run, 1), AttemptState.LOST, "gone")
                .recordAttempt(run, "w2")
                .build());
    assertThat(result.outcomes()).extracting(Outcome::version).containsExactly(1L, 1L, 2L);
    assertThat(store.attempts(run)).extracting(Attempt::worker).containsExactly("w1", "w2");
    assertThat(store.attempts(run))
        .extracting(Attempt::state)
        .containsExactly(AttemptState.LOST, AttemptState.RUNNING);
  }

  @Test
  @DisplayName("an attempt keeps its worker, times, exit code and error")
  void contents() {
    AttemptId id = attempt();
    assertThat(stored(id))
        .isEqualTo(new Attempt(id, AttemptState.RUNNING, "worker-1", START, null, null, null));
    Instant end = clock.advance(Duration.ofSeconds(3));
    store.updateAttempt(id, AttemptState.FAILED, 137, "killed");
    Attempt failed = new Attempt(id, AttemptState.FAILED, "worker-1", START, end, 137, "killed");
    assertThat(stored(id)).isEqualTo(failed);
    clock.advance(Duration.ofSeconds(3));
    store.recordAttempt(id.taskRunId(), "worker-2");
    assertThat(stored(id)).isEqualTo(failed);
  }

  @Test
  @DisplayName("exit codes of every size are kept, and a missing exit code is null")
  void exitCodes() {
    TaskRunId run = running();
    List<Integer> codes = List.of(0, 1, 255, -1, Integer.MAX_VALUE, Integer.MIN_VALUE);
    for (int i = 0; i < codes.size(); i++) {
      store.recordAttempt(run, "w");
      store.updateAttempt(new AttemptId(run, i + 1), AttemptState.FAILED, codes.get(i));
    }
    assertThat(store.attempts(run)).extracting(Attempt::exitCode).containsExactlyElementsOf(codes);
    assertThat(stored(attemptIn(AttemptState.SUCCEEDED)).exitCode()).isNull();
  }

  @Test
  @DisplayName("an attempt does not change the state or the version of its task run")
  void taskRunStays() {
    AttemptId id = attempt();
    assertThat(stored(id.taskRunId()).version()).isEqualTo(2);
    store.updateAttempt(id, AttemptState.FAILED, 1);
    assertThat(stored(id.taskRunId()).version()).isEqualTo(2);
    assertThat(stored(id.taskRunId()).state()).isEqualTo(TaskRunState.RUNNING);
  }

  @Test
  @DisplayName("no attempt begins while the previous one is live")
  void oneLiveAttempt() {
    AttemptId id = attempt();
    ExecutionDetails before = details(id.taskRunId());
    Refusal refusal =
        refusedFor(
            RecordRef.of(id.taskRunId()),
            Reason.OUT_OF_STEP,
            () -> store.recordAttempt(id.taskRunId(), "another"));
    assertThat(refusal.expected()).contains("attempt 1");
    assertThat(refusal.found()).contains("RUNNING");
    refused(IllegalTransitionException.class, () -> store.recordAttempt(id.taskRunId(), "another"));
    assertThat(details(id.taskRunId())).isEqualTo(before);
  }

  @ParameterizedTest(name = "(ended {0})")
  @EnumSource(mode = Mode.EXCLUDE, names = "RUNNING")
  @DisplayName("an attempt that has ended may be followed by another one")
  void nextAttempt(AttemptState ended) {
    TaskRunId run = attemptIn(ended).taskRunId();
    assertThat(store.recordAttempt(run, "another").version()).isEqualTo(2);
  }

  @ParameterizedTest(name = "({0})")
  @EnumSource(
      mode = Mode.INCLUDE,
      names = {"SUCCEEDED", "FAILED", "CANCELLED", "SKIPPED"})
  @DisplayName("a task run that has ended gets no new attempt")
  void endedTaskRunGainsNone(TaskRunState ended) {
    TaskRunId run = taskRunIn(execution(), ended);
    Refusal refusal =
        refusedFor(RecordRef.of(run), Reason.OUT_OF_STEP, () -> store.recordAttempt(run, "w"));
    assertThat(refusal.found()).contains(ended.name());
    assertThat(store.attempts(run)).isEmpty();
  }

  @ParameterizedTest(name = "(to {0})")
  @EnumSource(
      mode = Mode.INCLUDE,
      names = {"RETRYING", "WAITING", "SUCCEEDED", "FAILED", "CANCELLED"})
  @DisplayName("a task run neither ends, retries nor waits while its attempt is live")
  void taskRunWaitsForAttempt(TaskRunState to) {
    TaskRunId run = attempt().taskRunId();
    ExecutionDetails before = details(run);
    Refusal refusal =
        refusedFor(RecordRef.of(run), Reason.OUT_OF_STEP, () -> store.updateTaskRun(run, to, 2));
    assertThat(refusal.expected()).contains("attempt 1");
    assertThat(refusal.found()).contains("RUNNING");
    assertThat(details(run)).isEqualTo(before);
    store.updateAttempt(new AttemptId(run, 1), AttemptState.CANCELLED);
    store.updateTaskRun(run, to, 2);
    assertThat(stored(run).state()).isEqualTo(to);
  }

  @ParameterizedTest(name = "({0})")
  @EnumSource(
      mode = Mode.INCLUDE,
      names = {"PENDING", "RETRYING"})
  @DisplayName("an attempt that began before its task run became RUNNING also prevents its end")
  void attemptBeforeRunning(TaskRunState state) {
    TaskRunId run = taskRunIn(executionIn(ExecutionState.RUNNING), state);
    store.recordAttempt(run, "w");
    long version = stored(run).version();
    refusedFor(
        RecordRef.of(run),
        Reason.OUT_OF_STEP,
        () -> store.updateTaskRun(run, TaskRunState.CANCELLED, version));
    store.updateTaskRun(run, TaskRunState.RUNNING, version);
    assertThat(stored(run).state()).isEqualTo(TaskRunState.RUNNING);
  }

  @Test
  @DisplayName("an attempt ends together with its task run and its execution in one change set")
  void endsTogether() {
    TaskRunId run = attempt().taskRunId();
    ExecutionId execution = stored(run).executionId();
    store.commit(
        changes()
            .updateAttempt(new AttemptId(run, 1), AttemptState.SUCCEEDED, 0)
            .add(new Change.UpdateTaskRun(run, TaskRunState.SUCCEEDED, 2L, 1))
            .updateExecution(execution, ExecutionState.SUCCEEDED)
            .build());
    assertThat(stored(execution).state()).isEqualTo(ExecutionState.SUCCEEDED);
  }

  @Test
  @DisplayName("a worker whose attempt was followed by a newer one has lost its lease")
  void olderAttempt() {
    TaskRunId run = takenOver();
    AttemptId older = new AttemptId(run, 1);
    ExecutionDetails before = details(run);
    for (AttemptState to : AttemptState.values()) {
      LeaseLostException lost =
          refused(LeaseLostException.class, () -> store.updateAttempt(older, to, 0));
      assertThat(lost).hasMessageContaining(older.toString()).hasMessageContaining("attempt 2");
    }
    assertThat(details(run)).isEqualTo(before);
  }

  @Test
  @DisplayName(
      "an older attempt number as fencing token makes the store refuse the whole change set")
  void olderFence() {
    TaskRunId run = takenOver();
    ExecutionDetails before = details(run);
    ChangeSet late =
        changes()
            .updateAttempt(new AttemptId(run, 2), AttemptState.SUCCEEDED, 0)
            .updateTaskRun(new AttemptId(run, 1), TaskRunState.SUCCEEDED)
            .build();
    Refusal refusal = refusedFor(RecordRef.of(run), Reason.LEASE_LOST, () -> store.commit(late));
    assertThat(refusal.expected()).contains("attempt 1");
    assertThat(refusal.found()).contains("attempt 2");
    assertThat(details(run)).isEqualTo(before);
  }

  @Test
  @DisplayName("the number of an attempt that does not exist is not a valid fencing token")
  void futureFence() {
    TaskRunId run = attemptIn(AttemptState.SUCCEEDED).taskRunId();
    for (int fence : new int[] {0, 2, -1, Integer.MAX_VALUE}) {
      ChangeSet changes =
          changes().add(new Change.UpdateTaskRun(run, TaskRunState.SUCCEEDED, null, fence)).build();
      refusedFor(RecordRef.of(run), Reason.LEASE_LOST, () -> store.commit(changes));
    }
    assertThat(stored(run).state()).isEqualTo(TaskRunState.RUNNING);
  }

  @Test
  @DisplayName(
      "the number of a lost attempt is not a valid fencing token, even without a newer attempt")
  void lostFence() {
    TaskRunId run = attemptIn(AttemptState.LOST).taskRunId();
    ChangeSet late = changes().updateTaskRun(new AttemptId(run, 1), TaskRunState.SUCCEEDED).build();
    refusedFor(RecordRef.of(run), Reason.LEASE_LOST, () -> store.commit(late));
    assertThat(stored(run).state()).isEqualTo(TaskRunState.RUNNING);
  }

  @Test
  @DisplayName("with the newest number as fencing token a worker can write")
  void newestFence() {
    TaskRunId run = takenOver();
    store.commit(
        changes()
            .updateAttempt(new AttemptId(run, 2), AttemptState.SUCCEEDED, 0)
            .add(new Change.UpdateTaskRun(run, TaskRunState.SUCCEEDED, 2L, 2))
            .build());
    assertThat(stored(run).state()).isEqualTo(TaskRunState.SUCCEEDED);
  }

  @Test
  @DisplayName("a worker whose attempt was declared lost cannot end it")
  void lostAttempt() {
    AttemptId lost = attemptIn(AttemptState.LOST);
    ExecutionDetails before = details(lost.taskRunId());
    ChangeSet late =
        changes()
            .updateAttempt(lost, AttemptState.SUCCEEDED, 0)
            .updateTaskRun(new AttemptId(lost.taskRunId(), 1), TaskRunState.SUCCEEDED)
            .build();
    refused(LeaseLostException.class, () -> store.commit(late));
    assertThat(details(lost.taskRunId())).isEqualTo(before);
  }

  @Test
  @DisplayName(
      "queries for a missing attempt or task run return null or nothing, and changes are refused")
  void unknown() {
    AttemptId none = new AttemptId(running(), 1);
    TaskRunId unknown = ids.taskRunId();
    assertThat(store.attempt(none)).isNull();
    assertThat(store.attempt(new AttemptId(unknown, 1))).isNull();
    assertThat(store.attempts(none.taskRunId())).isEmpty();
    assertThat(store.attempts(unknown)).isEmpty();
    refusedFor(
        RecordRef.of(none), Reason.NOT_FOUND, () -> store.updateAttempt(none, AttemptState.FAILED));
    refusedFor(
        RecordRef.of(new AttemptId(unknown, 1)),
        Reason.NOT_FOUND,
        () -> store.updateAttempt(new AttemptId(unknown, 1), AttemptState.FAILED));
    refusedFor(RecordRef.of(unknown), Reason.NOT_FOUND, () -> store.recordAttempt(unknown, "w"));
  }
}
