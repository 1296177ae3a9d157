package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The renewals of many leases, and of leases while the store does not answer. */
@DisplayName("The renewal of leases")
class LeaseRenewalTest extends RunnerFixture {
  private static List<AttemptId> last(List<List<AttemptId>> beats) {
    return beats.isEmpty() ? List.of() : beats.get(beats.size() - 1);
  }

  @Test
  @DisplayName("takes one commit for all of them, and ends with each attempt")
  void allLeasesAreRenewedWithOneCommitAndThatOfAFinishedAttemptNoMore() {
    Flows.Flow flow = flow("flow");
    for (int i = 0; i < 4; i++) {
      flow.task("t" + i, "while ! test -f go-on" + i + "; do sleep 0.02; done");
    }
    ExecutionId id = start(flow);
    List<List<AttemptId>> beats = Collections.synchronizedList(new ArrayList<>());
    store =
        new FaultyStore(
                store,
                false,
                changes -> {
                  if (Renewals.isRenewal(changes)) {
                    beats.add(
                        changes.changes().stream()
                            .filter(Change.RenewLease.class::isInstance)
                            .map(change -> ((Change.RenewLease) change).id())
                            .toList());
                  }
                  return false;
                })
            .asStore();
    var result = runInBackground(runner(builder().lease(Duration.ofMillis(900))), id);
    Await.until("a heartbeat for all attempts", () -> last(beats).size() == 4);
    assertThat(new HashSet<>(last(beats))).hasSize(4);
    touch("go-on0");
    Await.until("the end of one", () -> states(id).get("t0") == TaskRunState.SUCCEEDED);
    int before = beats.size();
    // The first of them may have been in flight.
    Await.until("three more heartbeats", () -> beats.size() >= before + 3);
    assertThat(beats.subList(before + 1, before + 3))
        .allSatisfy(
            beat ->
                assertThat(beat)
                    .hasSize(3)
                    .doesNotContain(new AttemptId(taskRun(id, "t0").id(), 1)));
    for (int i = 1; i < 4; i++) {
      touch("go-on" + i);
    }
    assertThat(result.join()).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(store.leases(10)).isEmpty();
  }

  @Test
  @DisplayName("of other leases continues when another worker has ended one attempt")
  void anAttemptThatAnotherHasEndedCostsItsNeighboursNoRenewalAndNoCommit() {
    Flows.Flow flow = flow("flow");
    for (int i = 0; i < 3; i++) {
      flow.task("t" + i, "touch begun" + i + "; while ! test -f go-on; do sleep 0.02; done");
    }
    ExecutionId id = start(flow);
    StateStore real = store;
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicBoolean hold = new AtomicBoolean();
    AtomicBoolean held = new AtomicBoolean();
    Renewals renewals = new Renewals();
    // Only the heartbeat of this worker is active: it does not search for work any more.
    store =
        renewals.of(
            new FaultyStore(real, false, changes -> false)
                .beforeClaims(
                    () -> {
                      if (hold.get()) {
                        held.set(true);
                        await(goOn);
                      }
                    })
                .asStore());
    LostLeases losses = new LostLeases();
    var result =
        runInBackground(runner(builder().lease(Duration.ofSeconds(15)).listener(losses)), id);
    for (int i = 0; i < 3; i++) {
      awaitFile("begun" + i);
    }
    hold.set(true);
    Await.until("the next claim", held::get);
    AttemptId ended = attempts(id, "t1").get(0).id();
    real.commit(
        ChangeSet.builder()
            .updateAttempt(ended, AttemptState.LOST, "taken for dead")
            .updateTaskRun(ended.taskRunId(), TaskRunState.CANCELLED)
            .build());
    try {
      Await.until("an answer to the next renewal", () -> renewals.isAnswered(ended));
    } finally {
      goOn.countDown();
      touch("go-on");
    }
    assertThat(renewals.refused).isEmpty();
    assertThat(renewals.notRenewed).containsExactly(ended);
    assertThat(renewals.renewedBeside(ended))
        .containsExactlyInAnyOrder(
            new AttemptId(taskRun(id, "t0").id(), 1), new AttemptId(taskRun(id, "t2").id(), 1));
    assertThat(result.join()).isEqualTo(ExecutionState.FAILED);
    assertThat(attemptStates(id, "t0")).containsExactly("1 SUCCEEDED");
    assertThat(attemptStates(id, "t1")).containsExactly("1 LOST");
    assertThat(attemptStates(id, "t2")).containsExactly("1 SUCCEEDED");
    Await.until("the end of the lost attempt here", () -> !losses.lost.isEmpty());
    assertThat(losses.lost).containsExactly(ended);
  }

  @Test
  @DisplayName("has no additional heartbeats while the store does not answer")
  void heartbeatsDoNotMultiplyWhileTheStoreDoesNotAnswer() {
    StateStore real = store;
    Duration lease = Duration.ofMillis(200);
    AtomicInteger beats = new AtomicInteger();
    AtomicBoolean away = new AtomicBoolean();
    Predicate<ChangeSet> keepsWorker =
        changes ->
            changes.changes().stream().anyMatch(change -> change instanceof Change.KeepWorker);
    FaultyStore faults =
        new FaultyStore(
            real,
            false,
            changes -> {
              if (away.get() && keepsWorker.test(changes)) {
                beats.incrementAndGet();
                return true;
              }
              return false;
            });
    faults.failures.set(Integer.MAX_VALUE);
    store = faults.asStore();
    Runner runner = runner(builder().lease(lease));
    var work = workInBackground(runner);
    Await.until("the worker", () -> !real.workers().isEmpty());
    long begin = System.nanoTime();
    away.set(true);
    Await.until(
        "twelve leases", () -> System.nanoTime() - begin > lease.multipliedBy(12).toNanos());
    int made = beats.get();
    long passed = System.nanoTime() - begin;
    // No pause is shorter than a sixth of a lease, except the first few.
    assertThat(made).isBetween(2, (int) (passed / (lease.toNanos() / 6)) + 6);
    away.set(false);
    runner.stop();
    work.join();
  }
}
