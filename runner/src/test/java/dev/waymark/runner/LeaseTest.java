package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.internal.process.ProcessGroupsAccess;
import dev.waymark.testkit.Await;
import dev.waymark.testkit.InMemoryStateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** No worker works on a task that may belong to another worker. */
@DisplayName("The lease of an attempt")
class LeaseTest extends RunnerFixture {
  /** The first attempt never ends, with a child; the next one succeeds. */
  private static final String FIRST_NEVER_ENDS =
      "test $WAYMARK_ATTEMPT = 1 || exit 0; sleep 300 & echo $! > new; mv new child; wait";

  private static final Predicate<ChangeSet> RENEWALS = Renewals::isRenewal;

  private long child() {
    return Long.parseLong(read("child").strip());
  }

  private void awaitEndOfChild() {
    Await.until("the end of the process group", () -> !ProcessGroupsAccess.runs(child()));
  }

  /** What another worker would find now. */
  private static int expired(StateStore store) {
    return store.claim(ClaimRequest.of("looks", 0, Duration.ofHours(1))).expired().size();
  }

  @Test
  @DisplayName(
      "of a worker that is cut off ends within its duration with the attempt, and another worker takes the task")
  void aWorkerThatIsCutOffEndsWhatItRunsWithinTheLeaseAndAnotherTakesIt() {
    ExecutionId id = start(flow("flow").task("a", FIRST_NEVER_ENDS));
    StateStore real = store;
    AtomicBoolean cutOff = new AtomicBoolean();
    FaultyStore faults =
        new FaultyStore(real, false, changes -> cutOff.get())
            .beforeClaims(
                () -> {
                  if (cutOff.get()) {
                    throw new StoreUnavailableException("cut off on purpose by a test", null);
                  }
                });
    faults.failures.set(Integer.MAX_VALUE);
    store = faults.asStore();
    Runner first = runner(builder().lease(Duration.ofSeconds(3)));
    var result = runInBackground(first, id);
    awaitFile("child");
    cutOff.set(true);
    awaitEndOfChild();
    assertThat(expired(real)).as("leases that expired before the process ended").isZero();
    assertThat(attemptStates(id, "a")).containsExactly("1 RUNNING");

    store = real;
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attempts(id, "a").get(0).error())
        .isEqualTo("lease expired: worker " + first.worker() + " stopped renewing it");
    cutOff.set(false);
    assertThat(result.join()).isEqualTo(ExecutionState.SUCCEEDED);
    first.stop();
    assertThat(attemptStates(id, "a")).containsExactly("1 LOST", "2 SUCCEEDED");
  }

  @Test
  @DisplayName("that may have expired makes the worker discard the result of the attempt")
  void theResultOfAnAttemptWhoseLeaseMayBeOverIsNotRecorded() {
    ExecutionId id =
        start(
            flow("flow")
                .task("a", "trap 'exit 0' TERM; test $WAYMARK_ATTEMPT = 2 || sleep 300 & wait"));
    StateStore real = store;
    FaultyStore faults = new FaultyStore(real, false, RENEWALS);
    faults.failures.set(Integer.MAX_VALUE);
    store = faults.asStore();
    Runner runner = runner(builder().lease(Duration.ofMillis(300)));
    // The second attempt has nothing to wait for.
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "a")).containsExactly("1 LOST", "2 SUCCEEDED");
  }

  @Test
  @DisplayName("that cannot be renewed ends the process")
  void aRenewalThatIsRefusedEndsTheProcess() {
    ExecutionId id = start(flow("flow").task("a", FIRST_NEVER_ENDS));
    StateStore real = store;
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicBoolean held = new AtomicBoolean();
    // Only the heartbeat of this worker is active: it does not search for work any more.
    store =
        new FaultyStore(real, false, changes -> false)
            .beforeClaims(
                () -> {
                  if (held.get()) {
                    await(goOn);
                  }
                })
            .asStore();
    LostLeases losses = new LostLeases();
    Runner runner = runner(builder().lease(Duration.ofSeconds(1)).listener(losses));
    var result = runInBackground(runner, id);
    awaitFile("child");
    held.set(true);
    AttemptId attempt = attempts(id, "a").get(0).id();
    real.commit(
        ChangeSet.builder()
            .updateAttempt(attempt, AttemptState.LOST, "taken for dead")
            .updateTaskRun(attempt.taskRunId(), TaskRunState.RETRYING)
            .build());
    awaitEndOfChild();
    goOn.countDown();
    assertThat(result.join()).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "a")).containsExactly("1 LOST", "2 SUCCEEDED");
    assertThat(attempts(id, "a").get(0).error()).isEqualTo("taken for dead");
    Await.until("the end of the first attempt here", () -> !losses.lost.isEmpty());
    assertThat(losses.lost).containsExactly(attempt);
  }

  @Test
  @DisplayName("is reported as lost once when the process outlives its execution")
  void anAttemptWhoseProcessOutlivesItsExecutionIsReportedAsLostOnce() throws IOException {
    ExecutionId id =
        start(
            flow("flow")
                .task("a", "trap '' TERM; touch child; until test -f over; do sleep 0.05; done"));
    LostLeases losses = new LostLeases();
    Runner runner = runner(builder().listener(losses));
    var result = runInBackground(runner, id);
    awaitFile("child");
    AttemptId attempt = attempts(id, "a").get(0).id();
    store.commit(
        ChangeSet.builder()
            .updateAttempt(attempt, AttemptState.LOST, "taken for dead")
            .updateTaskRun(attempt.taskRunId(), TaskRunState.FAILED)
            .updateExecution(id, ExecutionState.FAILED)
            .build());
    assertThat(result.join()).isEqualTo(ExecutionState.FAILED);
    assertThat(losses.lost).isEmpty();
    Files.createFile(folder.resolve("over"));
    Await.until("the end of the attempt here", () -> !losses.lost.isEmpty());
    runner.close();
    assertThat(losses.lost).containsExactly(attempt);
  }

  @Test
  @DisplayName("that expired before the attempt began is reported clearly and nothing has run")
  void aLeaseThatWasOverBeforeTheAttemptBeganIsSaidClearlyAndNothingHasRun() {
    ExecutionId id = start(flow("flow").task("a", "echo $WAYMARK_ATTEMPT >> runs"));
    StateStore real = store;
    AtomicBoolean late = new AtomicBoolean(true);
    store =
        new FaultyStore(real, false, changes -> false)
            .afterClaims(
                claims -> {
                  if (late.getAndSet(false)) {
                    Await.until("the end of the lease", () -> expired(real) == 1);
                  }
                })
            .asStore();
    LostLeases losses = new LostLeases();
    assertThat(runner(builder().lease(Duration.ofSeconds(1)).listener(losses)).run(id))
        .isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "a")).containsExactly("1 LOST", "2 SUCCEEDED");
    assertThat(losses.lost).containsExactly(attempts(id, "a").get(0).id());
    assertThat(attempts(id, "a").get(0).error())
        .isEqualTo("cannot start: its lease of 1s was over before it could begin");
    assertThat(lines("runs")).containsExactly("2");
  }

  @Test
  @DisplayName("is measured from the claim that succeeded, and not from those that failed")
  void aLeaseCountsFromTheClaimThatWasAnsweredAndNotFromThoseThatFailed() {
    ExecutionId id = start(flow("flow").task("a", "true"));
    long begin = System.nanoTime();
    store =
        new FaultyStore(store, false, changes -> false)
            .beforeClaims(
                () -> {
                  if (System.nanoTime() - begin < Duration.ofMillis(1500).toNanos()) {
                    throw new StoreUnavailableException("away on purpose by a test", null);
                  }
                })
            .asStore();
    assertThat(runner(builder().lease(Duration.ofSeconds(1))).run(id))
        .isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "a")).containsExactly("1 SUCCEEDED");
  }

  @Test
  @DisplayName("whose renewal hangs is lost, and the worker writes nothing when it continues")
  void aWorkerWhoseRenewalsHangLosesWhatItRunsAndWritesNothingWhenItIsBack() {
    ExecutionId id = start(flow("flow").task("a", FIRST_NEVER_ENDS));
    StateStore real = store;
    CountDownLatch back = new CountDownLatch(1);
    List<ChangeSet> renewals = Collections.synchronizedList(new ArrayList<>());
    store =
        new FaultyStore(
                real,
                false,
                changes -> {
                  if (Renewals.isRenewal(changes)) {
                    await(back);
                    renewals.add(changes);
                  }
                  return false;
                })
            .asStore();
    Runner suspended = runner(builder().lease(Duration.ofSeconds(1)).concurrency(1));
    var result = runInBackground(suspended, id);
    awaitFile("child");
    awaitEndOfChild();
    store = real;
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(result.join()).isEqualTo(ExecutionState.SUCCEEDED);
    long version = taskRun(id, "a").version();
    back.countDown();
    Await.until("the late renewal", () -> !renewals.isEmpty());
    suspended.stop();
    assertThat(attemptStates(id, "a")).containsExactly("1 LOST", "2 SUCCEEDED");
    assertThat(taskRun(id, "a").version()).isEqualTo(version);
  }

  @Test
  @DisplayName("is lost at once when its attempt was ended for it, even if the store still has it")
  void anAttemptThatWasEndedForItsLeaseIsLostAtOnceHoweverLongTheStoreHasIt() {
    // By the clock of this store no lease expires, as after a late renewal by a suspended worker.
    store = new InMemoryStateStore(InstantSource.fixed(Instant.now()), Limits.defaults());
    ExecutionId id = start(flow("flow").task("a", FIRST_NEVER_ENDS));
    StateStore real = store;
    FaultyStore faults = new FaultyStore(real, false, RENEWALS);
    faults.failures.set(Integer.MAX_VALUE);
    store = faults.asStore();
    assertThat(runner(builder().lease(Duration.ofMillis(300))).run(id))
        .isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "a")).containsExactly("1 LOST", "2 SUCCEEDED");
    assertThat(attempts(id, "a").get(0).error())
        .isEqualTo("its lease could not be renewed in time");
  }

  @Test
  @DisplayName("can be much shorter than the task")
  void aTaskMayTakeMuchLongerThanItsLease() {
    ExecutionId id = start(flow("flow").task("a", "sleep 2"));
    Runner runner = runner(builder().lease(Duration.ofMillis(600)));
    var neighbour = workInBackground(runner());
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "a")).containsExactly("1 SUCCEEDED");
    assertThat(neighbour).isNotDone();
  }
}
