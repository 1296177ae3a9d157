package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static dev.waymark.runner.Flows.retry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.runner.definition.Stage;
import dev.waymark.testkit.Await;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Executions that exceed their time-out. */
@DisplayName("An execution with a time-out")
class DeadlineTest extends RunnerFixture {
  private static final String NEVER_ENDS = "touch up; while :; do sleep 0.02; done";
  private static final String ERROR = "the execution timed out after 500ms";

  private static Flows.Flow timed() {
    return flow("flow").executionTimeout(Duration.ofMillis(500));
  }

  private Claims claims() {
    return store.claim(ClaimRequest.of("looks", 0, Duration.ofHours(1)));
  }

  @ParameterizedTest(name = "by work: {0}")
  @ValueSource(booleans = {false, true})
  @DisplayName("ends running tasks, fails or skips waiting tasks, and has an error that says why")
  void whatRunsIsEndedWhatWaitsFailsOrIsSkippedAndTheExecutionSaysWhy(boolean byWork) {
    ExecutionId id =
        start(
            timed()
                .task("slow", NEVER_ENDS)
                .retry(retry(3, Duration.ofMillis(1)))
                .task("again", "exit 1")
                .retry(retry(2, Duration.ofSeconds(2)))
                .task("done", "true")
                .task("after", "touch after", "slow")
                .task("always", "touch always", "slow")
                .when("always()")
                .task("on-failure", "touch on-failure")
                .stage(Stage.ON_FAILURE)
                .task("finally", "touch finally")
                .stage(Stage.FINALLY));
    if (byWork) {
      runner().work(true);
    } else {
      runner().run(id);
    }
    assertThat(state(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(error(id)).isEqualTo(ERROR);
    assertThat(states(id))
        .isEqualTo(
            Map.of(
                "slow", TaskRunState.FAILED,
                "again", TaskRunState.FAILED,
                "done", TaskRunState.SUCCEEDED,
                "after", TaskRunState.SKIPPED,
                "always", TaskRunState.SKIPPED,
                "on-failure", TaskRunState.SUCCEEDED,
                "finally", TaskRunState.SUCCEEDED));
    assertThat(folder.resolve("on-failure")).exists();
    assertThat(folder.resolve("finally")).exists();
    assertThat(attemptStates(id, "slow")).containsExactly("1 FAILED");
    assertThat(attempts(id, "slow").get(0).error()).isEqualTo(ERROR);
    assertThat(claims().due()).isEmpty();
  }

  @Test
  @DisplayName("that is paused at its time-out is examined again later, and hides no other one")
  void oneThatIsHeldIsLookedAtAgainLater() {
    ExecutionId id = start(timed().task("a", NEVER_ENDS));
    Runner runner = runner();
    var result = runInBackground(runner, id);
    awaitFile("up");
    assertThat(Runner.pause(store, id)).isEqualTo(ExecutionState.PAUSED);
    Await.until("the time-out", () -> states(id).containsValue(TaskRunState.FAILED));
    Await.until("the deadline to be set later", () -> claims().due().isEmpty());
    assertThat(state(id)).isEqualTo(ExecutionState.PAUSED);
    runner.stop();
    assertThat(result.join()).isEqualTo(ExecutionState.PAUSED);
    assertThat(claims().next()).isNull();
    Runner.resume(store, id);
    assertThat(claims().next()).isBetween(Duration.ZERO, Duration.ofSeconds(10));
  }

  @Test
  @DisplayName("that ends in time leaves no deadline")
  void whatEndsInTimeLeavesNothingToBeLookedAt() {
    ExecutionId id = start(timed().task("a", "true"));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(claims().due()).isEmpty();
    assertThat(claims().next()).isNull();
  }

  @Test
  @DisplayName("measures it from the start of the first task, also when the worker changes")
  void theTimeCountsFromTheStartOfTheFirstTaskAlsoOverAChangeOfTheWorker() {
    ExecutionId id = start(timed().task("a", NEVER_ENDS));
    assertThat(claims().next()).isNull();
    Runner first = runner();
    var result = runInBackground(first, id);
    awaitFile("up");
    first.stop();
    assertThat(result.join()).isEqualTo(ExecutionState.RUNNING);
    Await.until("the time-out", () -> !claims().due().isEmpty());
    runner().work(true);
    assertThat(error(id)).isEqualTo(ERROR);
    assertThat(attemptStates(id, "a")).hasSizeLessThanOrEqualTo(2);
    assertThat(states(id)).containsEntry("a", TaskRunState.FAILED);
  }

  @Test
  @DisplayName("is ended by every runner that works on it, also by a busy one")
  void everyRunnerEndsWhatItRunsAndOneThatIsBusyHearsOfItToo() {
    ExecutionId id =
        start(
            timed()
                .task("a", "touch up-a; while :; do sleep 0.02; done")
                .task("b", "touch up-b; while :; do sleep 0.02; done")
                .task("c", "true", "b"));
    for (int i = 0; i < 2; i++) {
      var unused = workInBackground(runner(builder().concurrency(1)));
    }
    awaitFile("up-a");
    awaitFile("up-b");
    Await.until("the end", () -> state(id).isTerminal());
    assertThat(error(id)).isEqualTo(ERROR);
    assertThat(states(id))
        .isEqualTo(
            Map.of("a", TaskRunState.FAILED, "b", TaskRunState.FAILED, "c", TaskRunState.SKIPPED));
  }

  @Test
  @DisplayName("is ended by another worker, which does not wait for one that ends slowly")
  void anotherWorkerDoesNotWaitForOneThatTakesItsTimeToEnd() {
    ExecutionId id =
        start(
            timed()
                .task("a", "trap '' TERM; touch up; while ! test -f go-on; do sleep 0.02; done"));
    var result = runInBackground(runner(builder().grace(Duration.ofSeconds(20))), id);
    awaitFile("up");
    Await.until("the time-out", () -> !claims().due().isEmpty());
    ExecutionId other = start(flow("other").task("a", "true"));
    runner().work(true);
    assertThat(state(other)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(state(id)).isEqualTo(ExecutionState.RUNNING);
    touch("go-on");
    assertThat(result.join()).isEqualTo(ExecutionState.FAILED);
    assertThat(error(id)).isEqualTo(ERROR);
  }

  @Test
  @DisplayName("is also ended by a worker that drains")
  void aWorkerThatDrainsEndsWhatItRunsAsWell() {
    ExecutionId id = start(timed().task("a", NEVER_ENDS));
    Runner runner = runner();
    var result = runInBackground(runner, id);
    awaitFile("up");
    runner.drain();
    assertThat(result.join()).isEqualTo(ExecutionState.FAILED);
    assertThat(error(id)).isEqualTo(ERROR);
  }

  @Test
  @DisplayName("times out also while it is paused, and then starts nothing")
  void timeGoesOnWhileItIsPausedAndNothingStartsAfterThat() {
    ExecutionId id = start(timed().task("a", NEVER_ENDS).task("b", "touch b"));
    Runner runner = runner(builder().concurrency(1));
    var result = runInBackground(runner, id);
    awaitFile("up");
    Runner.pause(store, id);
    Await.until("the end of a", () -> states(id).get("a") == TaskRunState.FAILED);
    assertThat(state(id)).isEqualTo(ExecutionState.PAUSED);
    // The remaining due mark does not delay other executions.
    ExecutionId other = start(flow("other").task("a", "true"));
    runner().work(true);
    assertThat(state(other)).isEqualTo(ExecutionState.SUCCEEDED);
    Runner.resume(store, id);
    assertThat(result.join()).isEqualTo(ExecutionState.FAILED);
    assertThat(error(id)).isEqualTo(ERROR);
    assertThat(folder.resolve("b")).doesNotExist();
  }

  @Test
  @DisplayName("is left to a worker that can read its definition")
  void aWorkerThatCannotReadTheDefinitionLeavesTheTimeOutToOneThatCan() {
    ExecutionId id = start(timed().task("a", NEVER_ENDS));
    Runner able = runner();
    var result = runInBackground(able, id);
    awaitFile("up");
    able.stop();
    assertThat(result.join()).isEqualTo(ExecutionState.RUNNING);
    Await.until("the time-out", () -> !claims().due().isEmpty());
    Runner unable =
        runner(
            Runner.builder(
                    store,
                    workflow -> {
                      throw new InvalidInputException("not readable on purpose by a test");
                    })
                .pool("none")
                .logDirectory(folder.resolve("logs"))
                .pollInterval(Duration.ofMillis(20)));
    var work = workInBackground(unable);
    Await.until("the check of the deadline", () -> claims().due().isEmpty());
    unable.stop();
    work.join();
    assertThat(claims().next()).as("until the time-out is due again").isNotNull();
    assertThat(state(id)).isEqualTo(ExecutionState.RUNNING);
  }

  @Test
  @DisplayName("is cancelled if a cancellation comes first")
  void aCancellationComesFirst() {
    ExecutionId id = start(timed().task("a", NEVER_ENDS));
    Runner runner = runner();
    var result = runInBackground(runner, id);
    awaitFile("up");
    Runner.cancel(store, id);
    assertThat(result.join()).isEqualTo(ExecutionState.CANCELLED);
    assertThat(claims().due()).isEmpty();
    assertThat(claims().next()).isNull();
  }
}
