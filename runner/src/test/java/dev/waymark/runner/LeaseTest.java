package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.api.RunListener;
import dev.waymark.runner.internal.process.ProcessGroupsAccess;
import dev.waymark.testkit.InMemoryStateStore;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Nobody works on what may be somebody else's by now. */
@DisplayName("The lease of an attempt")
class LeaseTest extends RunnerFixture {
  /** The first attempt goes on for ever, with a child; the next one succeeds. */
  private static final String FIRST_NEVER_ENDS =
      "test $WAYMARK_ATTEMPT = 1 || exit 0; sleep 300 & echo $! > new; mv new child; wait";

  private static boolean renews(ChangeSet changes) {
    return changes.changes().stream().anyMatch(change -> change instanceof Change.RenewLease);
  }

  private static final Predicate<ChangeSet> RENEWALS = LeaseTest::renews;

  private long child() {
    return Long.parseLong(read("child").strip());
  }

  private void awaitEndOfChild() {
    Waiting.until("the end of the process group", () -> !ProcessGroupsAccess.runs(child()));
  }

  /** Hears of lost leases. */
  private static final class Losses implements RunListener {
    final List<AttemptId> lost = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void leaseLost(AttemptId attempt) {
      lost.add(attempt);
    }
  }

  /** What another worker would find now. */
  private static int expired(StateStore store) {
    return store.claim(ClaimRequest.of("looks", 0, Duration.ofHours(1))).expired().size();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @DisplayName("a worker that is cut off ends what it runs within the lease and another takes it")
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
    assertThat(expired(real)).as("leases that were over before the process ended").isZero();
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
  @DisplayName("the result of an attempt whose lease may be over is not recorded")
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
  @DisplayName("a renewal that is refused ends the process")
  void aRenewalThatIsRefusedEndsTheProcess() {
    ExecutionId id = start(flow("flow").task("a", FIRST_NEVER_ENDS));
    StateStore real = store;
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicBoolean held = new AtomicBoolean();
    // Nothing but the heartbeat of this worker works: it does not look for work any more.
    store =
        new FaultyStore(real, false, changes -> false)
            .beforeClaims(
                () -> {
                  if (held.get()) {
                    await(goOn);
                  }
                })
            .asStore();
    Losses losses = new Losses();
    Runner runner = runner(builder().lease(Duration.ofSeconds(1)).listener(losses));
    var result = runInBackground(runner, id);
    awaitFile("child");
    held.set(true);
    AttemptId attempt = attempts(id, "a").get(0).id();
    real.commit(
        ChangeSet.builder()
            .updateAttempt(attempt, AttemptState.LOST, null, "taken for dead")
            .updateTaskRun(attempt.taskRunId(), TaskRunState.RETRYING)
            .build());
    awaitEndOfChild();
    goOn.countDown();
    assertThat(result.join()).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "a")).containsExactly("1 LOST", "2 SUCCEEDED");
    assertThat(attempts(id, "a").get(0).error()).isEqualTo("taken for dead");
    Waiting.until("the end of the first attempt here", () -> !losses.lost.isEmpty());
    assertThat(losses.lost).containsExactly(attempt);
  }

  @Test
  @DisplayName("an attempt whose process outlives its execution is reported as lost, once")
  void anAttemptWhoseProcessOutlivesItsExecutionIsReportedAsLostOnce() throws IOException {
    ExecutionId id =
        start(
            flow("flow")
                .task("a", "trap '' TERM; touch child; until test -f over; do sleep 0.05; done"));
    Losses losses = new Losses();
    Runner runner = runner(builder().listener(losses));
    var result = runInBackground(runner, id);
    awaitFile("child");
    AttemptId attempt = attempts(id, "a").get(0).id();
    store.commit(
        ChangeSet.builder()
            .updateAttempt(attempt, AttemptState.LOST, null, "taken for dead")
            .updateTaskRun(attempt.taskRunId(), TaskRunState.FAILED)
            .updateExecution(id, ExecutionState.FAILED)
            .build());
    assertThat(result.join()).isEqualTo(ExecutionState.FAILED);
    assertThat(losses.lost).isEmpty();
    Files.createFile(folder.resolve("over"));
    Waiting.until("the end of the attempt here", () -> !losses.lost.isEmpty());
    runner.close();
    assertThat(losses.lost).containsExactly(attempt);
  }

  @Test
  @DisplayName("a lease that was over before the attempt began is said clearly and nothing has run")
  void aLeaseThatWasOverBeforeTheAttemptBeganIsSaidClearlyAndNothingHasRun() {
    ExecutionId id = start(flow("flow").task("a", "echo $WAYMARK_ATTEMPT >> runs"));
    StateStore real = store;
    AtomicBoolean late = new AtomicBoolean(true);
    store =
        new FaultyStore(real, false, changes -> false)
            .afterClaims(
                claims -> {
                  if (late.getAndSet(false)) {
                    Waiting.until("the end of the lease", () -> expired(real) == 1);
                  }
                })
            .asStore();
    Losses losses = new Losses();
    assertThat(runner(builder().lease(Duration.ofSeconds(1)).listener(losses)).run(id))
        .isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "a")).containsExactly("1 LOST", "2 SUCCEEDED");
    assertThat(losses.lost).containsExactly(attempts(id, "a").get(0).id());
    assertThat(attempts(id, "a").get(0).error())
        .isEqualTo("cannot start: its lease of 1s was over before it could begin");
    assertThat(lines("runs")).containsExactly("2");
  }

  @Test
  @DisplayName("a lease counts from the claim that was answered and not from those that failed")
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
  @DisplayName("a worker whose renewals hang loses what it runs and writes nothing when it is back")
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
                  if (renews(changes)) {
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
    Waiting.until("the late renewal", () -> !renewals.isEmpty());
    suspended.stop();
    assertThat(attemptStates(id, "a")).containsExactly("1 LOST", "2 SUCCEEDED");
    assertThat(taskRun(id, "a").version()).isEqualTo(version);
  }

  @Test
  @DisplayName("all leases are renewed with one commit and that of a finished attempt no more")
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
                  if (renews(changes)) {
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
    Waiting.until("a beat for all", () -> last(beats).size() == 4);
    assertThat(new HashSet<>(last(beats))).hasSize(4);
    touch("go-on0");
    Waiting.until("the end of one", () -> states(id).get("t0") == TaskRunState.SUCCEEDED);
    int before = beats.size();
    // The first of them may have been on its way.
    Waiting.until("more beats", () -> beats.size() >= before + 3);
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
  @DisplayName("an attempt that another has ended costs its neighbours no renewal and no commit")
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
    // Nothing but the heartbeat of this worker works: it does not look for work any more.
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
    Losses losses = new Losses();
    var result =
        runInBackground(runner(builder().lease(Duration.ofSeconds(15)).listener(losses)), id);
    for (int i = 0; i < 3; i++) {
      awaitFile("begun" + i);
    }
    hold.set(true);
    Waiting.until("the next claim", held::get);
    AttemptId ended = attempts(id, "t1").get(0).id();
    real.commit(
        ChangeSet.builder()
            .updateAttempt(ended, AttemptState.LOST, null, "taken for dead")
            .updateTaskRun(ended.taskRunId(), TaskRunState.CANCELLED)
            .build());
    try {
      Waiting.until("an answer to the next renewal", () -> renewals.isAnswered(ended));
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
    Waiting.until("the end of the lost attempt here", () -> !losses.lost.isEmpty());
    assertThat(losses.lost).containsExactly(ended);
  }

  /** Keeps what the store answers to renewals. */
  private static final class Renewals {
    final List<RefusedException> refused = new CopyOnWriteArrayList<>();
    final List<AttemptId> notRenewed = new CopyOnWriteArrayList<>();
    private final List<Map<AttemptId, Boolean>> answers = new CopyOnWriteArrayList<>();

    StateStore of(StateStore store) {
      return (StateStore)
          Proxy.newProxyInstance(
              StateStore.class.getClassLoader(),
              new Class<?>[] {StateStore.class},
              (proxy, method, arguments) -> {
                try {
                  Object answer = method.invoke(store, arguments);
                  if (answer instanceof CommitResult result && renews((ChangeSet) arguments[0])) {
                    add((ChangeSet) arguments[0], result);
                  }
                  return answer;
                } catch (InvocationTargetException e) {
                  if (e.getCause() instanceof RefusedException refusal
                      && renews((ChangeSet) arguments[0])) {
                    refused.add(refusal);
                  }
                  throw e.getCause();
                }
              });
    }

    private void add(ChangeSet changes, CommitResult result) {
      Map<AttemptId, Boolean> renewed = new LinkedHashMap<>();
      for (int i = 0; i < result.outcomes().size(); i++) {
        if (changes.changes().get(i) instanceof Change.RenewLease renewal) {
          renewed.put(renewal.id(), result.outcomes().get(i).changed());
        }
      }
      answers.add(renewed);
      renewed.forEach(
          (id, isRenewed) -> {
            if (!isRenewed) {
              notRenewed.add(id);
            }
          });
    }

    /** Whether a renewal of this attempt was refused, or answered as not renewed. */
    boolean isAnswered(AttemptId id) {
      return notRenewed.contains(id) || !refused.isEmpty();
    }

    /** The attempts that were renewed by the commit that did not renew this one. */
    List<AttemptId> renewedBeside(AttemptId id) {
      return answers.stream()
          .filter(each -> Boolean.FALSE.equals(each.get(id)))
          .flatMap(each -> each.entrySet().stream())
          .filter(Map.Entry::getValue)
          .map(Map.Entry::getKey)
          .toList();
    }
  }

  private static List<AttemptId> last(List<List<AttemptId>> beats) {
    return beats.isEmpty() ? List.of() : beats.get(beats.size() - 1);
  }

  @Test
  @DisplayName("heartbeats do not multiply while the store does not answer")
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
    Waiting.until("the worker", () -> !real.workers().isEmpty());
    long begin = System.nanoTime();
    away.set(true);
    Waiting.until(
        "twelve leases", () -> System.nanoTime() - begin > lease.multipliedBy(12).toNanos());
    int made = beats.get();
    long passed = System.nanoTime() - begin;
    // No pause is shorter than a sixth of a lease, but for the first few.
    assertThat(made).isBetween(2, (int) (passed / (lease.toNanos() / 6)) + 6);
    away.set(false);
    runner.stop();
    work.join();
  }

  @Test
  @DisplayName(
      "an attempt that was ended for its lease is lost at once, however long the store has it")
  void anAttemptThatWasEndedForItsLeaseIsLostAtOnceHoweverLongTheStoreHasIt() {
    // By the clock of this store no lease ever ends: as if a renewal had come late, from a worker
    // that was suspended.
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
  @DisplayName("a task may take much longer than its lease")
  void aTaskMayTakeMuchLongerThanItsLease() {
    ExecutionId id = start(flow("flow").task("a", "sleep 2"));
    Runner runner = runner(builder().lease(Duration.ofMillis(600)));
    var neighbour = workInBackground(runner());
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "a")).containsExactly("1 SUCCEEDED");
    assertThat(neighbour).isNotDone();
  }
}
