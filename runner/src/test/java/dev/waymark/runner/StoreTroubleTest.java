package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.error.StoreOverloadedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.internal.process.ProcessGroupsAccess;
import dev.waymark.testkit.Await;
import dev.waymark.testkit.InMemoryStateStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store that does not answer for a while, or never again. */
@DisplayName("An unavailable store")
class StoreTroubleTest extends RunnerFixture {

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @DisplayName("that comes back continues the run, and nothing is done twice")
  void aStoreThatComesBackIsWaitedForAndNothingIsDoneTwice(boolean afterCommit) {
    ExecutionId id =
        start(flow("flow").task("a", "echo a >> runs").task("b", "echo b >> runs", "a"));
    StateStore real = store;
    FaultyStore faults = new FaultyStore(real, afterCommit, changes -> true);
    store = faults.asStore();
    faults.failures.set(4);
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    store = real;
    assertThat(lines("runs")).containsExactly("a", "b");
    assertThat(attemptStates(id, "a")).containsExactly("1 SUCCEEDED");
    assertThat(attemptStates(id, "b")).containsExactly("1 SUCCEEDED");
  }

  @Test
  @DisplayName("that is overloaded is called again")
  void aStoreThatHasTooMuchToDoIsAskedAgain() {
    ExecutionId id = start(flow("flow").task("a", "true").task("b", "true", "a"));
    FaultyStore faults =
        new FaultyStore(
            store,
            false,
            changes -> true,
            () -> new StoreOverloadedException("too much on purpose by a test"));
    store = faults.asStore();
    faults.failures.set(3);
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(faults.failures).hasValue(0);
    assertThat(attemptStates(id, "a")).containsExactly("1 SUCCEEDED");
  }

  @Test
  @DisplayName("that stays unavailable ends the run and its processes")
  void aStoreThatStaysAwayEndsTheRunAndItsProcesses() {
    ExecutionId id =
        start(
            flow("flow")
                .task("stays", "echo $$ > pid; test $WAYMARK_ATTEMPT = 2 || sleep 300")
                .task("ends", "while ! test -s pid; do sleep 0.01; done"));
    StateStore real = store;
    FaultyStore faults = new FaultyStore(real, false, StoreTroubleTest::endsAnAttempt);
    store = faults.asStore();
    faults.failures.set(Integer.MAX_VALUE);
    Runner runner = runner(builder().storeRetryTimeout(Duration.ofMillis(200)));
    assertThatThrownBy(() -> runner.run(id)).isInstanceOf(StoreUnavailableException.class);
    assertThat(ProcessGroupsAccess.runs(Long.parseLong(read("pid").strip()))).isFalse();
    assertThatThrownBy(() -> runner.run(id))
        .isInstanceOf(IllegalStateException.class)
        .hasCauseInstanceOf(StoreUnavailableException.class);

    // The next runner of this process continues from the state in the store.
    store = real;
    assertThat(attemptStates(id, "ends")).containsExactly("1 RUNNING");
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "ends")).containsExactly("1 LOST", "2 SUCCEEDED");
    assertThat(attemptStates(id, "stays")).containsExactly("1 LOST", "2 SUCCEEDED");
  }

  private static boolean endsAnAttempt(ChangeSet changes) {
    return changes.changes().stream().anyMatch(change -> change instanceof Change.UpdateAttempt);
  }

  @Test
  @DisplayName(
      "that answers after the lease has expired costs an attempt, but no failure of the task")
  void anAnswerThatComesAfterTheLeaseCostsAnAttemptButIsNoFailureOfTheTask() {
    ExecutionId id = start(flow("flow").task("a", "echo a >> runs"));
    Duration lease = Duration.ofMillis(300);
    AtomicInteger slow = new AtomicInteger(1);
    FaultyStore faults =
        new FaultyStore(store, false, changes -> false)
            .afterClaims(
                claims -> {
                  if (!claims.claimed().isEmpty() && slow.getAndDecrement() > 0) {
                    letPass(lease);
                  }
                });
    StateStore real = store;
    store = faults.asStore();
    assertThat(runner(builder().lease(lease)).run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    store = real;
    assertThat(lines("runs")).containsExactly("a");
    assertThat(attemptStates(id, "a")).containsExactly("1 LOST", "2 SUCCEEDED");
  }

  @Test
  @DisplayName("makes the lease begin with the call that succeeded, not with earlier ones")
  void aLeaseCountsFromTheCallThatWasAnswered() {
    ExecutionId id = start(flow("flow").task("a", "echo a >> runs"));
    Duration lease = Duration.ofMillis(300);
    long begin = System.nanoTime();
    StateStore real = store;
    store =
        new FaultyStore(real, false, changes -> false)
            .beforeClaims(
                () -> {
                  if (System.nanoTime() - begin < lease.multipliedBy(2).toNanos()) {
                    throw new StoreUnavailableException("broken on purpose by a test", null);
                  }
                })
            .asStore();
    assertThat(runner(builder().lease(lease)).run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    store = real;
    assertThat(attemptStates(id, "a")).containsExactly("1 SUCCEEDED");
  }

  private static void letPass(Duration time) {
    long begin = System.nanoTime();
    Await.until("the end of the lease", () -> System.nanoTime() - begin > time.toNanos());
  }

  @Test
  @DisplayName("limits the length of errors, so they are cut")
  void errorsAreCutToWhatTheStoreTakes() {
    store =
        new InMemoryStateStore(InstantSource.system(), Limits.builder().maxErrorBytes(40).build());
    ExecutionId id = start(flow("flow").task("a", "exit 3"));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(error(id)).isEqualTo("task \"a\" failed after 1 attempt: exit...").hasSize(40);
    nothingIsLive(id);
  }

  @Test
  @DisplayName("is not called in a loop by a runner whose thread is interrupted")
  void aRunnerWhoseThreadIsInterruptedWhileTheStoreIsAwayDoesNotCallInALoop() {
    ExecutionId id = start(flow("flow").task("a", "true"));
    AtomicInteger calls = new AtomicInteger();
    StateStore real = store;
    store =
        new FaultyStore(real, false, changes -> false)
            .beforeClaims(
                () -> {
                  calls.incrementAndGet();
                  Thread.currentThread().interrupt();
                  throw new StoreUnavailableException("broken on purpose by a test", null);
                })
            .asStore();
    Runner runner = runner(builder().storeRetryTimeout(Duration.ofSeconds(1)));
    assertThatThrownBy(() -> runner.run(id)).isInstanceOf(StoreUnavailableException.class);
    store = real;
    assertThat(calls.get()).isBetween(2, 10);
  }

  @Test
  @DisplayName("that is overloaded for longer than the retry time-out costs no execution")
  void anOverloadThatLastsLongerThanThePatienceCostsNoExecution() {
    ExecutionId id = start(flow("flow").task("a", "true").task("b", "true", "a"));
    StateStore real = store;
    AtomicInteger refused = new AtomicInteger();
    FaultyStore faults =
        new FaultyStore(
            real,
            false,
            changes -> endsAnAttempt(changes) && refused.incrementAndGet() <= 4,
            () -> new StoreOverloadedException("too much on purpose by a test"));
    faults.failures.set(Integer.MAX_VALUE);
    store = faults.asStore();
    Runner runner = runner(builder().storeRetryTimeout(Duration.ofMillis(100)));
    runner.work(true);
    store = real;
    assertThat(state(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "a")).containsExactly("1 SUCCEEDED");
    assertThat(refused.get()).isGreaterThan(4);
  }

  @Test
  @DisplayName("that refuses to record one execution lets the others continue")
  void anExecutionThatTheStoreRefusesToRecordIsSetAsideAndTheOthersGoOn() {
    StateStore real = store;
    ExecutionId bad = start(flow("flow").task("a", "exit 3"));
    FaultyStore faults =
        new FaultyStore(
            real,
            false,
            changes ->
                changes.changes().stream()
                    .anyMatch(
                        change ->
                            change instanceof Change.UpdateExecution update
                                && update.id().equals(bad)
                                && update.to() == ExecutionState.FAILED),
            () -> new InvalidInputException("refused on purpose by a test"));
    store = faults.asStore();
    faults.failures.set(Integer.MAX_VALUE);
    Runner first = runner();
    assertThatThrownBy(() -> first.run(bad))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage("refused on purpose by a test");
    for (Runner runner : List.of(first, runner(builder().worker("another")))) {
      ExecutionId good = start(flow("flow").task("a", "true"));
      runner.work(true);
      assertThat(state(good)).isEqualTo(ExecutionState.SUCCEEDED);
    }
  }
}
