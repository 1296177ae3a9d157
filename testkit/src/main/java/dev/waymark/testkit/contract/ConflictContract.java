package dev.waymark.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.ConflictException;
import dev.waymark.core.conflict.IllegalTransitionException;
import dev.waymark.core.conflict.Refusal;
import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.testkit.contract.base.ContractTest;
import dev.waymark.testkit.contract.base.Parallel;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Compare-and-set: a stale version is refused with a typed error, and exactly one of two concurrent
 * writers succeeds.
 *
 * @since 0.1.0
 */
public abstract class ConflictContract extends ContractTest {

  /** For backends that run this topic alone. */
  protected ConflictContract() {}

  @Test
  @DisplayName(
      "a stale version of an execution is a conflict that names the expected and the found version")
  void staleExecution() {
    ExecutionId id = executionIn(ExecutionState.RUNNING);
    ExecutionDetails before = details(id);
    for (long version : new long[] {1, 3, 0, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
      Refusal refusal =
          refusedFor(
              RecordRef.of(id),
              Reason.STALE_VERSION,
              () -> store.updateExecution(id, ExecutionState.PAUSED, version));
      assertThat(refusal.expected()).contains("version " + version);
      assertThat(refusal.found()).contains("version 2", "RUNNING");
      refused(
          ConflictException.class, () -> store.updateExecution(id, ExecutionState.PAUSED, version));
    }
    assertThat(details(id)).isEqualTo(before);
  }

  @Test
  @DisplayName(
      "a stale version of a task run is a conflict that names the expected and the found version")
  void staleTaskRun() {
    TaskRunId id = taskRunIn(execution(), TaskRunState.RUNNING);
    ExecutionDetails before = details(id);
    Refusal refusal =
        refusedFor(
            RecordRef.of(id),
            Reason.STALE_VERSION,
            () -> store.updateTaskRun(id, TaskRunState.RETRYING, 1));
    assertThat(refusal.expected()).contains("version 1");
    assertThat(refusal.found()).contains("version 2", "RUNNING");
    refused(ConflictException.class, () -> store.updateTaskRun(id, TaskRunState.RETRYING, 1));
    assertThat(details(id)).isEqualTo(before);
  }

  @Test
  @DisplayName("within one change set the version increases from change to change")
  void versionsWithinOneChangeSet() {
    ExecutionId id = execution();
    store.commit(
        changes()
            .updateExecution(id, ExecutionState.RUNNING, 1L)
            .updateExecution(id, ExecutionState.PAUSED, 2L)
            .updateExecution(id, ExecutionState.RUNNING, 3L)
            .build());
    assertThat(stored(id).version()).isEqualTo(4);
    refusedFor(
        RecordRef.of(id),
        Reason.STALE_VERSION,
        () ->
            store.commit(
                changes()
                    .updateExecution(id, ExecutionState.PAUSED, 4L)
                    .updateExecution(id, ExecutionState.RUNNING, 4L)
                    .build()));
    assertThat(stored(id).version()).isEqualTo(4);
  }

  @Test
  @DisplayName("of two threads that move an execution from the same version exactly one wins")
  void twoRace() {
    List<ExecutionState> wishes = List.of(ExecutionState.RUNNING, ExecutionState.CANCELLED);
    for (int round = 0; round < 25; round++) {
      ExecutionId id = execution();
      List<Boolean> won = Parallel.run(2, thread -> moved(id, wishes.get(thread), 1));
      assertThat(won).containsExactlyInAnyOrder(true, false);
      assertThat(stored(id).state()).isEqualTo(wishes.get(won.indexOf(true)));
      assertThat(stored(id).version()).isEqualTo(2);
      assertThat(details(id).history()).hasSize(2);
    }
  }

  @Test
  @DisplayName("of eight threads that record the next attempt exactly one succeeds")
  void eightRaceForAnAttempt() {
    TaskRunId run = taskRunIn(executionIn(ExecutionState.RUNNING), TaskRunState.RUNNING);
    List<Boolean> won = Parallel.run(8, thread -> recorded(run, "worker-" + thread));
    assertThat(won).containsOnlyOnce(true);
    assertThat(store.attempts(run)).hasSize(1);
    assertThat(store.attempts(run).get(0).worker()).isEqualTo("worker-" + won.indexOf(true));
  }

  @Test
  @DisplayName("no update is lost when eight threads move one execution in turn")
  void noLostUpdate() {
    ExecutionId id = executionIn(ExecutionState.RUNNING);
    int threads = 8;
    int moves = 10;
    Parallel.run(
        threads,
        thread -> {
          for (int done = 0; done < moves; ) {
            Execution read = stored(id);
            done += moved(id, other(read.state()), read.version()) ? 1 : 0;
          }
          return moves;
        });
    assertThat(stored(id).version()).isEqualTo(2 + threads * moves);
    assertThat(store.history(id, PageRequest.first(500)).total()).isEqualTo(2 + threads * moves);
  }

  private static ExecutionState other(ExecutionState state) {
    return state == ExecutionState.RUNNING ? ExecutionState.PAUSED : ExecutionState.RUNNING;
  }

  /** Whether the move succeeded. A stale version is the only error that is allowed. */
  private boolean moved(ExecutionId id, ExecutionState to, long version) {
    try {
      store.updateExecution(id, to, version);
      return true;
    } catch (ConflictException e) {
      assertThat(e.refusals()).extracting(Refusal::reason).containsExactly(Reason.STALE_VERSION);
      return false;
    }
  }

  private boolean recorded(TaskRunId run, String worker) {
    try {
      store.recordAttempt(run, worker);
      return true;
    } catch (IllegalTransitionException e) {
      assertThat(e.refusals()).extracting(Refusal::reason).containsExactly(Reason.OUT_OF_STEP);
      return false;
    }
  }
}
