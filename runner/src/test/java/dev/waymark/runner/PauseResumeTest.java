package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static dev.waymark.runner.Flows.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.conflict.NotFoundException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.definition.Stage;
import dev.waymark.testkit.Await;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Executions that are paused, resumed and cancelled, and workers that drain. */
@DisplayName("Control of an execution")
class PauseResumeTest extends RunnerFixture {
  private static final String UNTIL_GO_ON = "touch up; while ! test -f go-on; do sleep 0.01; done";

  @Test
  @DisplayName("a pause lets running tasks end, and nothing starts until it is resumed")
  void pausingLetsEndWhatRunsAndNothingStartsUntilItIsResumed() {
    ExecutionId id =
        start(
            flow("flow")
                .task("a", UNTIL_GO_ON)
                .task("b", "touch b", "a")
                .task("again", "touch tried; test -f ok")
                .retry(retry(2, Duration.ofMillis(200))));
    Runner runner = runner();
    var result = runInBackground(runner, id);
    awaitFile("up");
    Await.until(
        "the pause before the retry", () -> states(id).get("again") == TaskRunState.RETRYING);
    assertThat(Runner.pause(store, id)).isEqualTo(ExecutionState.PAUSED);
    touch("go-on");
    Await.until("the end of a", () -> states(id).get("a") == TaskRunState.SUCCEEDED);
    // Longer than the pause between the attempts.
    assertThat(runner.run(start(flow("other").task("a", "sleep 0.4"))))
        .isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(states(id))
        .containsEntry("again", TaskRunState.RETRYING)
        .containsEntry("b", TaskRunState.PENDING);
    assertThat(attempts(id, "again")).hasSize(1);
    assertThat(result).isNotDone();

    touch("ok");
    assertThat(Runner.resume(store, id)).isEqualTo(ExecutionState.RUNNING);
    assertThat(result.join()).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "again")).containsExactly("1 FAILED", "2 SUCCEEDED");
    assertThat(folder.resolve("b")).exists();
  }

  @Test
  @DisplayName("a resume works after the worker of the execution has ended")
  void resumingGoesOnWhereTheWorkerThatRanItIsGoneByThen() {
    ExecutionId id =
        start(
            flow("flow")
                .task("a", UNTIL_GO_ON)
                .task("b", "touch b", "a")
                .task("again", "test $WAYMARK_ATTEMPT = 2")
                .retry(retry(2, Duration.ofMillis(1))));
    Runner first = runner();
    var work = workInBackground(first);
    awaitFile("up");
    Runner.pause(store, id);
    touch("go-on");
    Await.until("the end of a", () -> states(id).get("a") == TaskRunState.SUCCEEDED);
    first.stop();
    work.join();
    runner().work(true);
    assertThat(folder.resolve("b")).doesNotExist();
    assertThat(Runner.resume(store, id)).isEqualTo(ExecutionState.RUNNING);
    runner().work(true);
    assertThat(state(id)).isEqualTo(ExecutionState.SUCCEEDED);
  }

  @Test
  @DisplayName("a pause before the begin keeps an execution from beginning")
  void pausingWhatHasNotBegunKeepsItFromBeginning() {
    ExecutionId id = start(flow("flow").task("a", "touch a"));
    assertThat(Runner.pause(store, id)).isEqualTo(ExecutionState.PAUSED);
    runner().work(true);
    assertThat(folder.resolve("a")).doesNotExist();
    assertThat(Runner.pause(store, id)).isEqualTo(ExecutionState.PAUSED);
    assertThat(Runner.resume(store, id)).isEqualTo(ExecutionState.RUNNING);
    assertThat(Runner.resume(store, id)).isEqualTo(ExecutionState.RUNNING);
    runner().work(true);
    assertThat(state(id)).isEqualTo(ExecutionState.SUCCEEDED);
  }

  @Test
  @DisplayName("resuming what was paused before it began does not exceed max-parallel")
  void resumingWhatWasPausedBeforeItBeganDoesNotExceedMaxParallel() {
    Flows.Flow flow = flow("flow").maxParallel(1).task("a", UNTIL_GO_ON);
    Runner runner = runner();
    ExecutionId first = start(flow);
    var result = runInBackground(runner, first);
    awaitFile("up");
    List<ExecutionId> waiting = List.of(start(flow), start(flow));
    for (ExecutionId id : waiting) {
      assertThat(Runner.pause(store, id)).isEqualTo(ExecutionState.PAUSED);
      assertThat(runner.resume(id)).isEqualTo(ExecutionState.PAUSED);
      assertThat(state(id)).isEqualTo(ExecutionState.PAUSED);
    }
    // One that has begun keeps its place.
    assertThat(Runner.pause(store, first)).isEqualTo(ExecutionState.PAUSED);
    assertThat(runner.resume(waiting.get(0))).isEqualTo(ExecutionState.PAUSED);
    assertThat(runner.resume(first)).isEqualTo(ExecutionState.RUNNING);
    touch("go-on");
    assertThat(result.join()).isEqualTo(ExecutionState.SUCCEEDED);
    for (ExecutionId id : waiting) {
      assertThat(runner.resume(id)).isEqualTo(ExecutionState.RUNNING);
      assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    }
  }

  @Test
  @DisplayName("pause and resume change nothing after the end, and a resume needs a pause")
  void pausingAndResumingChangeNothingOfWhatHasEndedOrDoesNotWait() {
    ExecutionId id = start(flow("flow").task("a", "true"));
    assertThat(Runner.resume(store, id)).isEqualTo(ExecutionState.PENDING);
    runner().run(id);
    long version = details(id).execution().version();
    assertThat(Runner.pause(store, id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(Runner.resume(store, id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(details(id).execution().version()).isEqualTo(version);
    ExecutionId unknown = new ExecutionId(new UUID(1, 1));
    assertThatThrownBy(() -> Runner.pause(store, unknown)).isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> Runner.resume(store, unknown)).isInstanceOf(NotFoundException.class);
  }

  @Test
  @DisplayName("an attempt that fails during a pause is retried after the resume")
  void anAttemptThatFailsWhileItIsPausedIsTriedAgainOnceItIsResumed() {
    ExecutionId id =
        start(
            flow("flow")
                .task("a", UNTIL_GO_ON + "; test $WAYMARK_ATTEMPT = 2")
                .retry(retry(2, Duration.ofMillis(1))));
    var result = runInBackground(runner(), id);
    awaitFile("up");
    Runner.pause(store, id);
    touch("go-on");
    Await.until("the failure", () -> states(id).get("a") == TaskRunState.RETRYING);
    Runner.resume(store, id);
    assertThat(result.join()).isEqualTo(ExecutionState.SUCCEEDED);
  }

  @Test
  @DisplayName("pauses and resumes at any moment lose nothing")
  void pausingAndResumingAtAnyMomentLoseNothing() {
    Flows.Flow flow = flow("flow").task("t0", "true");
    for (int i = 1; i < 12; i++) {
      flow.task("t" + i, "true", "t" + (i - 1) / 2);
    }
    Runner first = runner();
    Runner second = runner();
    for (int round = 0; round < 10; round++) {
      ExecutionId id = start(flow);
      var one = runInBackground(first, id);
      var two = runInBackground(second, id);
      while (!one.isDone()) {
        Runner.pause(store, id);
        Runner.resume(store, id);
      }
      assertThat(one.join()).isEqualTo(ExecutionState.SUCCEEDED).isEqualTo(two.join());
      assertThat(states(id).values()).containsOnly(TaskRunState.SUCCEEDED);
    }
  }

  // ---- cancelling

  @Test
  @DisplayName("a cancellation of a paused execution without running tasks ends it at once")
  void cancellingEndsWhatIsPausedAtOnce() {
    ExecutionId id = start(flow("flow").task("a", "true").task("b", "true", "a"));
    Runner.pause(store, id);
    var result = runInBackground(runner(), id);
    assertThat(Runner.cancel(store, id)).isEqualTo(ExecutionState.CANCELLED);
    assertThat(result.join()).isEqualTo(ExecutionState.CANCELLED);
    assertThat(states(id).values()).containsOnly(TaskRunState.CANCELLED);
    assertThat(error(id)).isEqualTo("cancelled on request");
  }

  @Test
  @DisplayName("a cancellation of a paused execution ends its running tasks")
  void cancellingEndsWhatStillRunsOfWhatIsPaused() {
    ExecutionId id = start(flow("flow").task("a", UNTIL_GO_ON).task("b", "true", "a"));
    var work = workInBackground(runner());
    awaitFile("up");
    Runner.pause(store, id);
    assertThat(Runner.cancel(store, id)).isEqualTo(ExecutionState.CANCELLING);
    Await.until("the end", () -> state(id) == ExecutionState.CANCELLED);
    assertThat(attemptStates(id, "a")).containsExactly("1 CANCELLED");
    assertThat(work).isNotDone();
  }

  @Test
  @DisplayName("a cancellation reaches the tasks of all runners")
  void cancellingReachesWhatSeveralRunnersRun() {
    Flows.Flow flow = flow("flow");
    for (int i = 0; i < 3; i++) {
      flow.task("t" + i, "touch up" + i + "; while :; do sleep 0.02; done");
    }
    flow.task("last", "true").stage(Stage.FINALLY);
    ExecutionId id = start(flow);
    for (int i = 0; i < 3; i++) {
      var unused = workInBackground(runner(builder().concurrency(1)));
    }
    for (int i = 0; i < 3; i++) {
      awaitFile("up" + i);
    }
    assertThat(runner().cancel(id)).isEqualTo(ExecutionState.CANCELLING);
    Await.until("the end", () -> state(id) == ExecutionState.CANCELLED);
    for (int i = 0; i < 3; i++) {
      assertThat(states(id)).containsEntry("t" + i, TaskRunState.CANCELLED);
    }
    assertThat(states(id)).containsEntry("last", TaskRunState.SUCCEEDED);
  }

  @Test
  @DisplayName("an execution whose last live task ends during its cancellation also ends")
  void anExecutionOfWhichTheLastLiveTaskEndsJustAsItIsCancelledEndsToo() {
    ExecutionId id = start(flow("flow").task("a", UNTIL_GO_ON).task("b", "sleep 300", "a"));
    StateStore real = store;
    // The worker is not notified, and does not work on the execution any more.
    Runner runner = runner(builder().concurrency(1).pool("default"));
    var work = workInBackground(runner);
    awaitFile("up");
    ExecutionId blocker = start(flow("blocker").task("a", UNTIL_GO_ON.replace("go-on", "end")));
    AtomicBoolean once = new AtomicBoolean();
    StateStore late =
        new FaultyStore(
                real,
                false,
                changes -> {
                  boolean cancels =
                      changes.changes().stream()
                          .anyMatch(
                              change ->
                                  change instanceof Change.UpdateExecution update
                                      && update.to() == ExecutionState.CANCELLING);
                  if (cancels && !once.getAndSet(true)) {
                    touch("go-on");
                    Await.until("the end", () -> states(id).get("a") == TaskRunState.SUCCEEDED);
                    Await.until(
                        "the start of the execution",
                        () -> state(blocker) == ExecutionState.RUNNING);
                  }
                  return false;
                })
            .asStore();
    assertThat(Runner.cancel(late, id)).isEqualTo(ExecutionState.CANCELLING);
    touch("end");
    Await.until("the end", () -> state(id) == ExecutionState.CANCELLED);
    assertThat(states(id))
        .isEqualTo(Map.of("a", TaskRunState.SUCCEEDED, "b", TaskRunState.CANCELLED));
    assertThat(work).isNotDone();
  }

  // ---- draining

  @Test
  @DisplayName("a drain lets running tasks end and starts nothing new")
  void drainingLetsEndWhatRunsAndTakesNothingNew() {
    ExecutionId id = start(flow("flow").task("a", UNTIL_GO_ON).task("b", "touch b", "a"));
    ExecutionId other = start(flow("other").task("a", "touch other").pool("later"));
    Runner runner = runner(builder().pool("default").pool("later").concurrency(1));
    var result = runInBackground(runner, id);
    var work = workInBackground(runner);
    awaitFile("up");
    CompletableFuture<Void> drained = CompletableFuture.runAsync(runner::drain);
    Await.until("the refusal of new runs", () -> refuses(runner, id));
    assertThat(drained).isNotDone();
    touch("go-on");
    drained.join();
    assertThat(result.join()).isEqualTo(ExecutionState.RUNNING);
    work.join();
    assertThat(attemptStates(id, "a")).containsExactly("1 SUCCEEDED");
    assertThat(states(id)).containsEntry("b", TaskRunState.PENDING);
    assertThat(state(other)).isEqualTo(ExecutionState.PENDING);
    runner.drain();
    runner.stop();
    runner().work(true);
    assertThat(state(id)).isEqualTo(ExecutionState.SUCCEEDED);
  }

  /** A call that arrives before the drain is accepted and receives an answer. */
  private boolean refuses(Runner runner, ExecutionId id) {
    return runInBackground(runner, id).isCompletedExceptionally();
  }

  @Test
  @DisplayName("a stop ends a drain")
  void aStopEndsADrain() {
    ExecutionId id = start(flow("flow").task("a", UNTIL_GO_ON));
    Runner runner = runner();
    var result = runInBackground(runner, id);
    awaitFile("up");
    CompletableFuture<Void> drained = CompletableFuture.runAsync(runner::drain);
    assertThat(drained).isNotDone();
    runner.stop();
    drained.join();
    assertThat(result.join()).isEqualTo(ExecutionState.RUNNING);
    assertThat(attemptStates(id, "a")).containsExactly("1 CANCELLED");
    assertThat(states(id)).containsEntry("a", TaskRunState.RETRYING);
  }

  @Test
  @DisplayName("a worker that drains still cancels tasks and keeps its leases")
  void whatDrainsHearsOfACancellationAndKeepsItsLeases() {
    ExecutionId id = start(flow("flow").task("a", UNTIL_GO_ON));
    Runner runner = runner(builder().lease(Duration.ofMillis(500)));
    var result = runInBackground(runner, id);
    awaitFile("up");
    CompletableFuture<Void> drained = CompletableFuture.runAsync(runner::drain);
    // Longer than the lease, while another worker searches for expired leases.
    var unused = workInBackground(runner());
    assertThat(runner().run(start(flow("other").task("a", "sleep 1"))))
        .isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "a")).containsExactly("1 RUNNING");
    Runner.cancel(store, id);
    drained.join();
    assertThat(result.join()).isEqualTo(ExecutionState.CANCELLED);
  }

  @Test
  @DisplayName("an idle or unused runner drains at once")
  void anIdleOrUnusedRunnerDrainsAtOnce() {
    Runner unused = runner();
    unused.drain();
    assertThatThrownBy(() -> unused.work(true)).isInstanceOf(IllegalStateException.class);
    Runner idle = runner();
    var work = workInBackground(idle);
    ExecutionId id = start(flow("flow").task("a", "true"));
    Await.until("the end", () -> state(id) == ExecutionState.SUCCEEDED);
    idle.drain();
    work.join();
  }
}
