package dev.waymark.testkit.contract.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.LeaseLostException;
import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.core.store.Claims.Due;
import dev.waymark.core.store.Claims.Leased;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.Standing;
import dev.waymark.core.store.Subscription;
import dev.waymark.testkit.contract.base.ContractTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Claims, leases and due executions: how workers share the work of a store.
 *
 * @since 0.1.0
 */
public abstract class ClaimContract extends ContractTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration SHORT = Duration.ofMillis(1);

  /** For backends that run this topic alone. */
  protected ClaimContract() {}

  private TaskRunId ready(ExecutionId execution) {
    TaskRunId id = taskRun(execution);
    store.commit(changes().readyTaskRun(id).build());
    return id;
  }

  private Claims claim(int limit) {
    return store.claim(ClaimRequest.of("worker-1", limit, LONG));
  }

  private static List<TaskRunId> ids(Claims claims) {
    return claims.claimed().stream().map(each -> each.taskRun().id()).toList();
  }

  /** Claims until a claim returns an expired lease. */
  private List<Leased> awaitExpired() {
    Claims claims = claim(0);
    while (claims.expired().isEmpty()) {
      Thread.onSpinWait();
      claims = claim(0);
    }
    return claims.expired();
  }

  @Test
  @DisplayName("a claim takes a ready task run: execution, task run and attempt become RUNNING")
  void takes() {
    ExecutionId execution = execution();
    TaskRunId run = ready(execution);
    Claims claims = claim(10);
    Claimed claimed = claims.claimed().get(0);
    assertThat(claims.claimed()).hasSize(1);
    assertThat(claimed.execution()).isEqualTo(stored(execution));
    assertThat(claimed.taskRun()).isEqualTo(stored(run));
    assertThat(claimed.attempt()).isEqualTo(stored(new AttemptId(run, 1)));
    assertThat(claimed.attempt().worker()).isEqualTo("worker-1");
    assertThat(stored(execution).state()).isEqualTo(ExecutionState.RUNNING);
    assertThat(stored(run).state()).isEqualTo(TaskRunState.RUNNING);
    assertThat(details(execution).history()).hasSize(5);
    assertThat(claim(10).claimed()).isEmpty();
  }

  @Test
  @DisplayName("a claim takes the oldest first, and at most the requested number")
  void oldestFirst() {
    List<TaskRunId> runs = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      runs.add(ready(execution()));
    }
    assertThat(ids(claim(2))).isEqualTo(runs.subList(0, 2));
    assertThat(ids(claim(10))).isEqualTo(runs.subList(2, 5));
  }

  @Test
  @DisplayName("a claim takes the highest priority first, across all requested pools")
  void priorities() {
    ExecutionId execution = execution();
    List<TaskRunId> runs = new ArrayList<>();
    int[] priorities = {0, 7, -3, 7};
    for (int i = 0; i < priorities.length; i++) {
      TaskRunId run = taskRun(execution);
      runs.add(run);
      store.commit(
          changes()
              .readyTaskRun(run, i == 1 ? "gpu" : "default", priorities[i], Duration.ZERO)
              .build());
    }
    assertThat(ids(claim(1))).containsExactly(runs.get(3));
    ClaimRequest both = new ClaimRequest("w", 10, LONG, Set.of("default", "gpu"));
    assertThat(ids(store.claim(both))).containsExactly(runs.get(1), runs.get(0), runs.get(2));
  }

  @Test
  @DisplayName(
      "a delayed task run is not claimed before its delay has passed, and the claim returns the rest of it")
  void delays() {
    TaskRunId run = taskRun(execution());
    store.commit(changes().readyTaskRun(run, "default", 0, Duration.ofMinutes(10)).build());
    Claims claims = claim(10);
    assertThat(claims.claimed()).isEmpty();
    assertThat(claims.next()).isBetween(Duration.ofMinutes(9), Duration.ofMinutes(10));
  }

  @Test
  @DisplayName(
      "no claim waits for the deadline of a paused execution, but the execution is due at the deadline")
  void deadlineOfHeld() {
    ExecutionId held = executionIn(ExecutionState.PAUSED);
    store.commit(changes().markDue(held, DueReason.DEADLINE, Duration.ofMinutes(10)).build());
    assertThat(claim(10).next()).isNull();
    store.updateExecution(held, ExecutionState.RUNNING, stored(held).version());
    assertThat(claim(10).next()).isBetween(Duration.ofMinutes(9), Duration.ofMinutes(10));
    ExecutionId other = executionIn(ExecutionState.PAUSED);
    store.commit(changes().markDue(other, DueReason.DEADLINE, Duration.ZERO).build());
    assertThat(claim(10).due()).containsExactly(new Due(other, DueReason.DEADLINE));
  }

  @Test
  @DisplayName("a task run that ends before it is claimed is no longer ready, also with a delay")
  void endsUnclaimed() {
    TaskRunId waiting = taskRun(execution());
    TaskRunId other = ready(execution());
    store.commit(changes().readyTaskRun(waiting, "default", 0, Duration.ofMinutes(10)).build());
    store.commit(
        changes()
            .updateTaskRun(waiting, TaskRunState.CANCELLED)
            .updateTaskRun(other, TaskRunState.SKIPPED)
            .build());
    assertThat(store.pools()).isEmpty();
    Claims claims = claim(10);
    assertThat(claims.claimed()).isEmpty();
    assertThat(claims.next()).isNull();
  }

  @Test
  @DisplayName(
      "a task run that may not start is removed from the ready ones, and can become ready again")
  void heldLeaves() {
    ExecutionId execution = execution();
    TaskRunId run = ready(execution);
    store.updateExecution(execution, ExecutionState.PAUSED, 1);
    assertThat(claim(10).claimed()).isEmpty();
    assertThat(exists(store.executionProgress(execution)).taskRuns().get(0).ready()).isFalse();
    store.commit(
        changes().updateExecution(execution, ExecutionState.RUNNING).readyTaskRun(run).build());
    assertThat(ids(claim(10))).containsExactly(run);
  }

  @ParameterizedTest
  @EnumSource(
      value = ExecutionState.class,
      names = {"PENDING", "RUNNING", "PAUSED"})
  @DisplayName(
      "the move to CANCELLING removes ready task runs, and those that become ready later start")
  void readyInCancelling(ExecutionState before) {
    ExecutionId execution = executionIn(before);
    TaskRunId run = ready(execution);
    TaskRunId later = taskRun(execution);
    store.commit(changes().readyTaskRun(later, "default", 0, Duration.ofMinutes(10)).build());
    TaskRunId other = ready(execution());
    store.commit(changes().updateExecution(execution, ExecutionState.CANCELLING).build());
    assertThat(exists(store.executionProgress(execution)).taskRuns())
        .extracting(item -> item.ready())
        .containsOnly(false);
    assertThat(ids(claim(10))).containsExactly(other);
    assertThat(claim(10).next()).isNull();
    store.commit(changes().readyTaskRun(run).build());
    assertThat(exists(store.executionProgress(execution)).taskRuns().get(0).ready()).isTrue();
    Claimed claimed = claim(10).claimed().get(0);
    assertThat(claimed.taskRun()).isEqualTo(stored(run));
    assertThat(claimed.execution()).isEqualTo(stored(execution));
    assertThat(claimed.execution().state()).isEqualTo(ExecutionState.CANCELLING);
    store.commit(
        changes()
            .updateAttempt(claimed.attempt().id(), AttemptState.SUCCEEDED, 0)
            .updateTaskRun(new AttemptId(run, 1), TaskRunState.SUCCEEDED)
            .updateTaskRun(later, TaskRunState.CANCELLED)
            .updateExecution(execution, ExecutionState.CANCELLED)
            .build());
    assertThat(stored(execution).state()).isEqualTo(ExecutionState.CANCELLED);
  }

  @Test
  @DisplayName("in one change set the order decides which task runs the move to CANCELLING removes")
  void readyAndCancellingInOneChangeSet() {
    ExecutionId execution = execution();
    TaskRunId before = taskRun(execution);
    TaskRunId after = taskRun(execution);
    TaskRunId created = ids.taskRunId();
    ChangeSet changes =
        changes()
            .createTaskRun(new NewTaskRun(created, execution, new TaskId("created")))
            .readyTaskRun(created)
            .readyTaskRun(before)
            .updateExecution(execution, ExecutionState.CANCELLING)
            .readyTaskRun(after)
            .build();
    store.commit(changes);
    store.commit(changes().readyTaskRun(before, "default", -1, Duration.ZERO).build());
    // A repeated commit returns its first result and does not make anything not ready again.
    store.commit(changes);
    assertThat(ids(claim(10))).containsExactly(after, before);
  }

  @Test
  @DisplayName("a claim within one execution takes and returns nothing of any other")
  void withinOne() {
    ExecutionId wanted = execution();
    ExecutionId other = execution();
    TaskRunId run = ready(wanted);
    TaskRunId first = ready(other);
    ready(other);
    store.claim(new ClaimRequest("w", 1, SHORT, java.util.Set.of("default"), other));
    awaitExpired();
    store.commit(changes().markDue(other, DueReason.SETTLE, Duration.ZERO).build());
    Claims claims = store.claim(ClaimRequest.of("w", 9, LONG).within(wanted));
    assertThat(ids(claims)).containsExactly(run);
    assertThat(claims.due()).isEmpty();
    assertThat(claims.expired()).isEmpty();
    Claims others = store.claim(ClaimRequest.of("w", 0, LONG).within(other));
    assertThat(others.due()).containsExactly(new Due(other, DueReason.SETTLE));
    assertThat(others.expired())
        .extracting(each -> each.attempt().taskRunId())
        .containsExactly(first);
    assertThat(store.leases(9))
        .extracting(each -> each.attempt().taskRunId())
        .containsExactlyInAnyOrder(run, first);
  }

  @Test
  @DisplayName("only executions that no worker continues are stalled")
  void stalled() {
    ready(execution());
    ready(executionIn(ExecutionState.RUNNING));
    claim(1);
    store.commit(changes().markDue(execution(), DueReason.SETTLE, LONG).build());
    executionIn(ExecutionState.PAUSED);
    executionIn(ExecutionState.SUCCEEDED);
    List<ExecutionId> stalled =
        java.util.stream.Stream.of(
                execution(),
                executionIn(ExecutionState.RUNNING),
                executionIn(ExecutionState.CANCELLING),
                stored(attempt().taskRunId()).executionId())
            .sorted()
            .toList();
    assertThat(store.stalled(null, 9)).isEqualTo(stalled);
    assertThat(store.stalled(null, 3)).isEqualTo(stalled.subList(0, 3));
    assertThat(store.stalled(stalled.get(1), 9)).isEqualTo(stalled.subList(2, 4));
  }

  @Test
  @DisplayName("no more executions of a workflow begin than its limit of parallel executions")
  void admission() {
    ExecutionId first = execution();
    ExecutionId second = execution();
    ExecutionId third = execution();
    assertThat(admitted(first, 2)).isTrue();
    assertThat(admitted(first, 2)).isFalse();
    assertThat(
            store
                .commit(
                    changes()
                        .admitExecution(second, FLOW, 2)
                        .admitExecution(third, FLOW, 2)
                        .build())
                .outcomes())
        .extracting(Outcome::changed)
        .containsExactly(true, false);
    assertThat(stored(third).state()).isEqualTo(ExecutionState.PENDING);
    store.updateExecution(first, ExecutionState.SUCCEEDED, 2);
    assertThat(admitted(third, 2)).isTrue();
    assertThat(stored(third).state()).isEqualTo(ExecutionState.RUNNING);
  }

  private boolean admitted(ExecutionId id, int most) {
    return store
        .commit(changes().admitExecution(id, FLOW, most).build())
        .outcomes()
        .get(0)
        .changed();
  }

  @Test
  @DisplayName("two workers never get the same task run")
  void noneTwice() {
    for (int i = 0; i < 4; i++) {
      ready(execution());
    }
    List<TaskRunId> one = ids(claim(2));
    List<TaskRunId> other = ids(openAnother().claim(ClaimRequest.of("worker-2", 4, LONG)));
    assertThat(one).hasSize(2).doesNotContainAnyElementsOf(other);
    assertThat(other).hasSize(2);
  }

  @Test
  @DisplayName("a claim returns an expired lease, and its attempt can be declared LOST")
  void expires() {
    ExecutionId execution = execution();
    TaskRunId run = ready(execution);
    AttemptId attempt = new AttemptId(run, 1);
    store.claim(ClaimRequest.of("worker-1", 1, SHORT));
    assertThat(awaitExpired()).containsExactly(new Leased(attempt, execution, "worker-1"));
    store.commit(
        changes()
            .loseAttempt(attempt, "lease expired")
            .updateTaskRun(run, TaskRunState.RETRYING)
            .readyTaskRun(run)
            .build());
    assertThat(stored(attempt).state()).isEqualTo(AttemptState.LOST);
    assertThat(claim(0).expired()).isEmpty();
    assertThat(claim(1).claimed().get(0).attempt().number()).isEqualTo(2);
    refusedFor(
        RecordRef.of(attempt),
        Reason.LEASE_LOST,
        () -> store.updateAttempt(attempt, AttemptState.SUCCEEDED, 0));
  }

  @Test
  @DisplayName("an attempt cannot be declared LOST as expired before its lease has expired")
  void notWhileHeld() {
    TaskRunId run = ready(execution());
    AttemptId attempt = new AttemptId(run, 1);
    store.claim(ClaimRequest.of("worker-1", 1, SHORT));
    awaitExpired();
    store.commit(changes().renewLease(attempt, LONG).build());
    refusedFor(
        RecordRef.of(attempt),
        Reason.OUT_OF_STEP,
        () -> store.commit(changes().loseAttempt(attempt).build()));
    assertThat(claim(0).expired()).isEmpty();
  }

  @Test
  @DisplayName("a lease cannot be renewed after its attempt has ended or was followed by another")
  void noRenewalAfterwards() {
    TaskRunId run = ready(execution());
    AttemptId first = new AttemptId(run, 1);
    claim(1);
    store.updateAttempt(first, AttemptState.FAILED, 1);
    refused(
        LeaseLostException.class, () -> store.commit(changes().renewLease(first, LONG).build()));
    store.recordAttempt(run, "another");
    refused(
        LeaseLostException.class, () -> store.commit(changes().renewLease(first, LONG).build()));
    refusedFor(
        RecordRef.of(new AttemptId(run, 2)),
        Reason.OUT_OF_STEP,
        () -> store.commit(changes().renewLease(new AttemptId(run, 2), LONG).build()));
  }

  @Test
  @DisplayName(
      "an execution is due after a settle that missed an end, and not after a complete one")
  void settles() {
    ExecutionId execution = execution();
    TaskRunId first = taskRunIn(execution, TaskRunState.RUNNING);
    TaskRunId second = taskRunIn(execution, TaskRunState.RUNNING);
    Outcome stale =
        store
            .commit(
                changes()
                    .updateTaskRun(first, TaskRunState.SUCCEEDED)
                    .settleExecution(execution, new Standing(1, ExecutionState.PENDING, 0, 2))
                    .build())
            .outcomes()
            .get(1);
    assertThat(stale.changed()).isTrue();
    Claims claims = claim(0);
    while (claims.due().isEmpty()) {
      Thread.onSpinWait();
      claims = claim(0);
    }
    assertThat(claims.due()).containsExactly(new Due(execution, DueReason.SETTLE));
    Outcome right =
        store
            .commit(
                changes()
                    .updateTaskRun(second, TaskRunState.SUCCEEDED)
                    .settleExecution(execution, new Standing(1, ExecutionState.PENDING, 0, 2))
                    .build())
            .outcomes()
            .get(1);
    assertThat(right.changed()).isFalse();
    assertThat(claim(0).due()).isEmpty();
  }

  @Test
  @DisplayName("an execution is due until it is cleared")
  void due() {
    ExecutionId execution = execution();
    store.commit(changes().markDue(execution, DueReason.DEADLINE, Duration.ZERO).build());
    store.commit(changes().markDue(execution, DueReason.DEADLINE, LONG).build());
    assertThat(claim(0).due()).containsExactly(new Due(execution, DueReason.DEADLINE));
    store.commit(changes().clearDue(execution, DueReason.DEADLINE).build());
    assertThat(claim(0).due()).isEmpty();
    assertThat(claim(0).next()).isNull();
  }

  @Test
  @DisplayName("outputs are kept for the task runs that need them")
  void outputs() {
    ExecutionId execution = execution();
    TaskRunId run = ready(execution);
    claim(1);
    Map<String, String> outputs = Map.of("rows", "42", "name", "ünï\n");
    store.commit(
        changes()
            .updateAttempt(new AttemptId(run, 1), AttemptState.SUCCEEDED, 0)
            .setOutputs(new AttemptId(run, 1), outputs)
            .updateTaskRun(new AttemptId(run, 1), TaskRunState.SUCCEEDED)
            .build());
    assertThat(exists(store.executionProgress(execution)).taskRuns().get(0).outputs())
        .isEqualTo(outputs);
    refusedFor(
        RecordRef.of(run),
        Reason.OUT_OF_STEP,
        () -> store.commit(changes().setOutputs(run, Map.of()).build()));
  }

  @Test
  @DisplayName(
      "a listener is called when something becomes ready or due, until its subscription is closed")
  void called() throws InterruptedException {
    ExecutionId execution = execution();
    TaskRunId run = taskRun(execution);
    Semaphore calls = new Semaphore(0);
    Subscription subscription = store.onReady(calls::release);
    List<ChangeSet.Builder> calling =
        List.of(
            changes().readyTaskRun(run),
            changes().markDue(execution, DueReason.DEADLINE, Duration.ZERO),
            changes().updateExecution(execution, ExecutionState.CANCELLING));
    for (ChangeSet.Builder changes : calling) {
      store.commit(changes.build());
      assertThat(calls.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
    }
    subscription.close();
    subscription.close();
  }

  @Test
  @DisplayName("a listener that throws affects no commit and no other listener")
  void failingListener() throws InterruptedException {
    TaskRunId run = taskRun(execution());
    Semaphore calls = new Semaphore(0);
    try (Subscription failing =
            store.onReady(
                () -> {
                  throw new IllegalStateException("thrown by a test");
                });
        Subscription sound = store.onReady(calls::release)) {
      assertThat(failing).isNotSameAs(sound);
      store.commit(changes().readyTaskRun(run).build());
      assertThat(calls.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(ids(claim(1))).containsExactly(run);
  }
}
