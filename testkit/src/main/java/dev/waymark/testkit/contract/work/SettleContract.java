package dev.waymark.testkit.contract.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.core.store.Claims.Due;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.Standing;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.contract.base.ContractTest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Settling: the due note of an execution is removed only when the settle was decided on the current
 * content of the store. So no execution is left that nothing will ever move.
 *
 * @since 0.1.0
 */
public abstract class SettleContract extends ContractTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration SHORT = Duration.ofMillis(1);

  /** For the backends. */
  protected SettleContract() {}

  private ChangeSet settle(
      ExecutionId id, long version, ExecutionState state, int unfinished, int ended) {
    return changes().settleExecution(id, new Standing(version, state, unfinished, ended)).build();
  }

  private static boolean isStale(StateStore store, ChangeSet changes) {
    List<Outcome> outcomes = store.commit(changes).outcomes();
    return outcomes.get(outcomes.size() - 1).changed();
  }

  private Claims claim(StateStore from, int limit, Duration lease) {
    return from.claim(ClaimRequest.of("w", limit, lease));
  }

  /** A new RUNNING execution with task runs that are ready, at version 2. */
  private ExecutionId readyExecution(int tasks) {
    ExecutionId id = ids.executionId();
    ChangeSet.Builder changes =
        changes()
            .createExecution(new NewExecution(id, flow()))
            .updateExecution(id, ExecutionState.RUNNING);
    for (int i = 0; i < tasks; i++) {
      TaskRunId run = ids.taskRunId();
      changes.createTaskRun(new NewTaskRun(run, id, new TaskId("task-" + i))).readyTaskRun(run);
    }
    store.commit(changes.build());
    return id;
  }

  /** Waits until a lease has expired by the clock of the store. */
  private AttemptId expired(StateStore from) {
    Claims claims = claim(from, 0, LONG);
    while (claims.expired().isEmpty()) {
      Thread.onSpinWait();
      claims = claim(from, 0, LONG);
    }
    return claims.expired().get(0).attempt();
  }

  private ChangeSet lose(AttemptId attempt, ExecutionId execution) {
    return changes()
        .loseAttempt(attempt, "gone")
        .updateTaskRun(attempt.taskRunId(), TaskRunState.FAILED)
        .markDue(execution, DueReason.SETTLE, Duration.ZERO)
        .build();
  }

  private void assertDue(ExecutionId execution) {
    assertThat(claim(store, 0, LONG).due()).containsExactly(new Due(execution, DueReason.SETTLE));
  }

  // ---- a count that the store has cached before

  @Test
  @DisplayName("a settle from before a lost lease does not clear the due mark")
  void staleAfterLostLease() {
    ExecutionId execution = readyExecution(1);
    assertThat(isStale(store, settle(execution, 2, ExecutionState.RUNNING, 1, 0))).isFalse();
    claim(store, 1, SHORT);
    store.commit(lose(expired(store), execution));
    assertThat(isStale(store, settle(execution, 2, ExecutionState.RUNNING, 1, 0))).isTrue();
    assertDue(execution);
    assertThat(isStale(store, settle(execution, 2, ExecutionState.RUNNING, 0, 2))).isFalse();
    assertThat(claim(store, 0, LONG).due()).isEmpty();
  }

  @Test
  @DisplayName(
      "a settle from before a lease that another store has declared lost does not clear it either")
  void staleAfterLostLeaseElsewhere() {
    StateStore other = openAnother();
    ExecutionId execution = readyExecution(1);
    assertThat(isStale(store, settle(execution, 2, ExecutionState.RUNNING, 1, 0))).isFalse();
    claim(store, 1, SHORT);
    other.commit(lose(expired(other), execution));
    assertThat(isStale(store, settle(execution, 2, ExecutionState.RUNNING, 1, 0))).isTrue();
    assertDue(execution);
  }

  @Test
  @DisplayName("a settle from before a lost attempt that is retried does not clear its due mark")
  void staleAfterRetry() {
    StateStore other = openAnother();
    for (StateStore loser : List.of(store, other)) {
      ExecutionId execution = readyExecution(1);
      claim(store, 1, SHORT);
      ChangeSet before = settle(execution, 2, ExecutionState.RUNNING, 1, 0);
      AttemptId lost = expired(loser);
      loser.commit(
          changes()
              .loseAttempt(lost, "gone")
              .updateTaskRun(lost.taskRunId(), TaskRunState.RETRYING)
              .markDue(execution, DueReason.SETTLE, Duration.ZERO)
              .build());
      assertThat(isStale(store, before)).isTrue();
      assertDue(execution);
      store.commit(
          changes()
              .readyTaskRun(lost.taskRunId())
              .settleExecution(execution, new Standing(2, ExecutionState.RUNNING, 1, 1))
              .build());
      assertThat(claim(store, 0, LONG).due()).isEmpty();
      // A claim changes nothing on which a settle depends.
      Claimed again = claim(store, 1, LONG).claimed().get(0);
      assertThat(isStale(store, settle(execution, 2, ExecutionState.RUNNING, 1, 1))).isFalse();
      store.commit(changes().updateAttempt(again.attempt().id(), AttemptState.FAILED, 1).build());
      assertThat(isStale(store, settle(execution, 2, ExecutionState.RUNNING, 1, 1))).isTrue();
      assertThat(isStale(store, settle(execution, 2, ExecutionState.RUNNING, 1, 2))).isFalse();
    }
  }

  @Test
  @DisplayName("a created task run and an ended one do not cancel each other out")
  void staleAfterCreationAndEnd() {
    for (StateStore writer : List.of(store, openAnother())) {
      ExecutionId execution = readyExecution(2);
      TaskRunId first = store.taskRuns(execution).get(0).id();
      assertThat(isStale(store, settle(execution, 2, ExecutionState.RUNNING, 2, 0))).isFalse();
      writer.commit(
          changes()
              .createTaskRun(new NewTaskRun(ids.taskRunId(), execution, new TaskId("more")))
              .updateTaskRun(first, TaskRunState.SKIPPED)
              .markDue(execution, DueReason.SETTLE, Duration.ZERO)
              .build());
      assertThat(isStale(store, settle(execution, 2, ExecutionState.RUNNING, 2, 0))).isTrue();
      assertDue(execution);
      assertThat(isStale(store, settle(execution, 2, ExecutionState.RUNNING, 2, 1))).isFalse();
      assertThat(claim(store, 0, LONG).due()).isEmpty();
    }
  }

  @Test
  @DisplayName("every kind of end of a task run counts, with any other changes in its change set")
  void staleAfterEveryEnd() {
    ExecutionId execution = readyExecution(4);
    assertThat(isStale(store, settle(execution, 2, ExecutionState.RUNNING, 4, 0))).isFalse();
    List<Claimed> claimed = claim(store, 3, LONG).claimed();
    TaskRunId pending =
        store.taskRuns(execution).stream()
            .filter(run -> run.state() == TaskRunState.PENDING)
            .findFirst()
            .orElseThrow()
            .id();
    List<ChangeSet> ends =
        List.of(
            changes().updateTaskRun(pending, TaskRunState.SKIPPED).build(),
            end(claimed.get(0)).build(),
            // Forces a read: pools, workers and admissions are never decided from the cache.
            end(claimed.get(1)).setPool("some", 1).build(),
            end(claimed.get(2)).admitExecution(execution, FLOW, 1).build());
    int left = 4;
    int ended = 0;
    for (ChangeSet end : ends) {
      store.commit(end);
      store.commit(changes().markDue(execution, DueReason.SETTLE, Duration.ZERO).build());
      assertThat(isStale(store, settle(execution, 2, ExecutionState.RUNNING, left, ended)))
          .isTrue();
      assertDue(execution);
      left--;
      ended += left == 3 ? 1 : 2;
      assertThat(isStale(store, settle(execution, 2, ExecutionState.RUNNING, left, ended)))
          .isFalse();
      assertThat(claim(store, 0, LONG).due()).isEmpty();
    }
  }

  private ChangeSet.Builder end(Claimed claimed) {
    AttemptId attempt = claimed.attempt().id();
    return changes()
        .updateAttempt(attempt, AttemptState.SUCCEEDED, 0)
        .updateTaskRun(attempt, TaskRunState.SUCCEEDED);
  }

  @Test
  @DisplayName("ends also count when other change sets of the group are refused")
  void staleAmongRefused() {
    ExecutionId execution = readyExecution(2);
    assertThat(isStale(store, settle(execution, 2, ExecutionState.RUNNING, 2, 0))).isFalse();
    Claimed claimed = claim(store, 1, LONG).claimed().get(0);
    var refused =
        store.commitAsync(changes().updateTaskRun(ids.taskRunId(), TaskRunState.RUNNING).build());
    var ended = store.commitAsync(end(claimed).build());
    var refusedToo = store.commitAsync(end(claimed).build());
    ended.join();
    store.commit(changes().markDue(execution, DueReason.SETTLE, Duration.ZERO).build());
    assertThat(isStale(store, settle(execution, 2, ExecutionState.RUNNING, 2, 0))).isTrue();
    assertDue(execution);
    assertThat(refused.handle((answer, error) -> error).join()).isNotNull();
    assertThat(refusedToo.handle((answer, error) -> error).join()).isNotNull();
  }

  @Test
  @DisplayName("added task runs count as well")
  void staleAfterAdding() {
    ExecutionId execution = readyExecution(1);
    assertThat(isStale(store, settle(execution, 2, ExecutionState.RUNNING, 1, 0))).isFalse();
    store.commit(
        changes()
            .createTaskRun(new NewTaskRun(ids.taskRunId(), execution, new TaskId("more")))
            .setPool("some", 1)
            .build());
    assertThat(isStale(store, settle(execution, 2, ExecutionState.RUNNING, 1, 0))).isTrue();
    assertThat(isStale(store, settle(execution, 2, ExecutionState.RUNNING, 2, 0))).isFalse();
  }

  // ---- the state of the execution that the caller assumes

  @Test
  @DisplayName(
      "a settle from while the execution was paused does not clear the due mark of its resume")
  void staleAfterResume() {
    StateStore other = openAnother();
    ExecutionId execution = readyExecution(1);
    Claimed claimed = claim(store, 1, LONG).claimed().get(0);
    Execution paused = exists(store.execution(execution));
    other.updateExecution(execution, ExecutionState.PAUSED, paused.version());
    // The worker sees the pause, so it does not end the execution with its last task run.
    ChangeSet last =
        end(claimed)
            .settleExecution(execution, new Standing(3, ExecutionState.PAUSED, 0, 2))
            .build();
    other.commit(
        changes()
            .updateExecution(execution, ExecutionState.RUNNING, 3L)
            .markDue(execution, DueReason.SETTLE, Duration.ZERO)
            .build());
    assertThat(isStale(store, last)).isTrue();
    assertDue(execution);
    assertThat(
            isStale(
                store,
                changes()
                    .updateExecution(execution, ExecutionState.SUCCEEDED)
                    .settleExecution(execution, new Standing(5, ExecutionState.SUCCEEDED, 0, 2))
                    .build()))
        .isFalse();
    assertThat(claim(store, 0, LONG).due()).isEmpty();
  }

  @Test
  @DisplayName("each of version, state and counts must be equal to that of the store")
  void eachMustMatch() {
    ExecutionId execution = readyExecution(1);
    store.commit(changes().markDue(execution, DueReason.SETTLE, Duration.ZERO).build());
    assertThat(isStale(store, settle(execution, 1, ExecutionState.RUNNING, 1, 0))).isTrue();
    assertThat(isStale(store, settle(execution, 3, ExecutionState.RUNNING, 1, 0))).isTrue();
    assertThat(isStale(store, settle(execution, 2, ExecutionState.PENDING, 1, 0))).isTrue();
    assertThat(isStale(store, settle(execution, 2, ExecutionState.RUNNING, 0, 0))).isTrue();
    assertThat(isStale(store, settle(execution, 2, ExecutionState.RUNNING, 2, 0))).isTrue();
    assertThat(isStale(store, settle(execution, 2, ExecutionState.RUNNING, 1, 1))).isTrue();
    assertDue(execution);
    assertThat(isStale(store, settle(execution, 2, ExecutionState.RUNNING, 1, 0))).isFalse();
    assertThat(claim(store, 0, LONG).due()).isEmpty();
  }

  @Test
  @DisplayName("earlier changes of its change set count, and later ones do not")
  void placeInChangeSet() {
    ExecutionId execution = readyExecution(1);
    List<Outcome> outcomes =
        store
            .commit(
                changes()
                    .markDue(execution, DueReason.SETTLE, Duration.ZERO)
                    .settleExecution(execution, new Standing(2, ExecutionState.RUNNING, 1, 0))
                    .updateExecution(execution, ExecutionState.PAUSED)
                    .settleExecution(execution, new Standing(2, ExecutionState.RUNNING, 1, 0))
                    .settleExecution(execution, new Standing(3, ExecutionState.PAUSED, 1, 0))
                    .build())
            .outcomes();
    assertThat(outcomes)
        .extracting(Outcome::changed)
        .containsExactly(true, false, true, true, false);
    assertThat(claim(store, 0, LONG).due()).isEmpty();
  }

  @Test
  @DisplayName("an execution that has ended is not due after a settle, even after a stale one")
  void ended() {
    ExecutionId execution = executionIn(ExecutionState.SUCCEEDED);
    store.commit(changes().markDue(execution, DueReason.SETTLE, Duration.ZERO).build());
    assertThat(isStale(store, settle(execution, 2, ExecutionState.RUNNING, 0, 0))).isTrue();
    assertThat(claim(store, 0, LONG).due()).isEmpty();
    assertThat(claim(store, 0, LONG).next()).isNull();
  }
}
