package dev.waymark.testkit.contract.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.core.store.Claims.Due;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.testkit.Await;
import dev.waymark.testkit.Invariants;
import dev.waymark.testkit.contract.base.Parallel;
import dev.waymark.testkit.contract.base.SeveralStoresTest;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Claims of one store at the same moment, which may share a transaction: each gets what it asks
 * for, with its own worker and lease, and what is due is reported in time.
 *
 * @since 0.1.0
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class ClaimSharesContract extends SeveralStoresTest {
  /** For backends that run this topic alone. */
  protected ClaimSharesContract() {}

  private Claims claim(int limit) {
    return store.claim(ClaimRequest.of("worker-0", limit, LEASE));
  }

  @Test
  @DisplayName(
      "eight workers that claim fifty each at the same moment get fifty each, as there are enough")
  void enoughForEach() {
    int rounds = 3;
    int each = 50;
    createReady(rounds * THREADS * each + 100);
    Set<AttemptId> claimed = ConcurrentHashMap.newKeySet();
    for (int round = 0; round < rounds; round++) {
      List<Integer> sizes = Parallel.run(THREADS, thread -> claimInOrder(thread, each, claimed));
      assertThat(sizes).containsOnly(each);
    }
    assertThat(claimed).hasSize(rounds * THREADS * each);
    assertThat(Invariants.violations(store)).isEmpty();
  }

  /**
   * Makes so many task runs ready, each of its own execution, in two pools and three priorities.
   */
  private void createReady(int most) {
    for (int begin = 0; begin < most; begin += 100) {
      ChangeSet.Builder changes = changes();
      for (int i = begin; i < Math.min(most, begin + 100); i++) {
        ExecutionId execution = ids.executionId();
        TaskRunId run = ids.taskRunId();
        changes
            .createExecution(new NewExecution(execution, FLOW))
            .createTaskRun(new NewTaskRun(run, execution, new TaskId("p" + i % 3)))
            .readyTaskRun(run, i % 2 == 0 ? "default" : "other", i % 3, Duration.ZERO);
      }
      store.commit(changes.build());
    }
  }

  private int claimInOrder(int thread, int limit, Set<AttemptId> claimed) {
    ClaimRequest request =
        new ClaimRequest("worker-" + thread, limit, LEASE, Set.of("default", "other"));
    List<Claimed> taken = storeOf(thread).claim(request).claimed();
    assertThat(taken)
        .allSatisfy(one -> assertThat(one.attempt().worker()).isEqualTo(request.worker()))
        .allSatisfy(one -> assertThat(claimed.add(one.attempt().id())).isTrue())
        .isSortedAccordingTo(
            Comparator.comparing((Claimed one) -> one.taskRun().taskId()).reversed());
    return taken.size();
  }

  @Test
  @DisplayName("claims of one store at the same moment each keep their own worker and lease")
  void ownLeases() {
    int each = 5;
    createReady(THREADS * each);
    Duration shortest = Duration.ofMillis(1);
    Set<String> pools = Set.of("default", "other");
    Parallel.run(
        THREADS,
        thread -> {
          Duration lease = thread % 2 == 0 ? shortest : LEASE;
          ClaimRequest request = new ClaimRequest("worker-" + thread, each, lease, pools);
          assertThat(store.claim(request).claimed())
              .hasSize(each)
              .allSatisfy(one -> assertThat(one.attempt().worker()).isEqualTo(request.worker()));
          return thread;
        });
    assertThat(store.leases(100)).hasSize(THREADS * each);
    Set<Claims.Leased> expired = new HashSet<>();
    Await.until(
        "the short leases to expire",
        () -> {
          expired.addAll(claim(0).expired());
          return expired.size() == THREADS / 2 * each;
        });
    assertThat(expired)
        .extracting(Claims.Leased::worker)
        .containsOnly("worker-0", "worker-2", "worker-4", "worker-6");
  }

  @Test
  @DisplayName(
      "claims that get all that they ask for report what another store has marked as due within 200 ms")
  void dueWhileThereIsEnough() {
    ExecutionId execution = execution();
    assertThat(claimOneOfOne().due()).isEmpty();
    openAnother().commit(changes().markDue(execution, DueReason.SETTLE, Duration.ZERO).build());
    long marked = System.nanoTime();
    Claims claims = claimOneOfOne();
    while (claims.due().isEmpty()) {
      long began = System.nanoTime();
      claims = claimOneOfOne();
      assertThat(!claims.due().isEmpty() || began - marked < 200_000_000)
          .as("reported by each claim that began 200 ms after the commit")
          .isTrue();
    }
    assertThat(claims.due()).containsExactly(new Due(execution, DueReason.SETTLE));
  }

  private Claims claimOneOfOne() {
    TaskRunId run = ready(execution());
    Claims claims = claim(1);
    assertThat(claims.claimed()).extracting(one -> one.taskRun().id()).containsExactly(run);
    return claims;
  }

  @Test
  @DisplayName(
      "a claim reports at once what its store has marked as due, or when it gets too little")
  void dueAtOnce() {
    Due first = new Due(execution(), DueReason.SETTLE);
    Due second = new Due(execution(), DueReason.DEADLINE);
    assertThat(claimOneOfOne().due()).isEmpty();
    store.commit(changes().markDue(first.executionId(), first.reason(), Duration.ZERO).build());
    assertThat(claimOneOfOne().due()).containsExactly(first);
    openAnother()
        .commit(changes().markDue(second.executionId(), second.reason(), Duration.ZERO).build());
    TaskRunId run = ready(execution());
    Claims claims = claim(2);
    assertThat(claims.claimed()).extracting(one -> one.taskRun().id()).containsExactly(run);
    assertThat(claims.due()).containsExactly(first, second);
  }

  @Test
  @DisplayName("a claim also reports what is due when a task run that it picked may not start")
  void dueBesideWhatMayNotStart() {
    Due due = new Due(execution(), DueReason.SETTLE);
    ExecutionId held = execution();
    assertThat(claimOneOfOne().due()).isEmpty();
    ready(held);
    store.updateExecution(held, ExecutionState.PAUSED, 1);
    openAnother().commit(changes().markDue(due.executionId(), due.reason(), Duration.ZERO).build());
    Claims claims = claim(1);
    assertThat(claims.claimed()).isEmpty();
    assertThat(claims.due()).containsExactly(due);
  }

  private TaskRunId ready(ExecutionId execution) {
    TaskRunId id = taskRun(execution);
    store.commit(changes().readyTaskRun(id).build());
    return id;
  }
}
