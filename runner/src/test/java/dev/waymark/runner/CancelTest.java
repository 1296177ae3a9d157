package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static dev.waymark.runner.Flows.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.conflict.NotFoundException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.testkit.Await;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Executions that are cancelled before they end. */
@DisplayName("A cancellation")
class CancelTest extends RunnerFixture {

  @Test
  @DisplayName("of an execution without running tasks takes one step")
  void whatNobodyRunsIsCancelledInOneStep() {
    ExecutionId id = start(flow("flow").task("a", "true").task("b", "true", "a"));
    assertThat(Runner.cancel(store, id)).isEqualTo(ExecutionState.CANCELLED);
    assertThat(states(id).values()).containsOnly(TaskRunState.CANCELLED);
    assertThat(error(id)).isEqualTo("cancelled on request");
    assertThat(details(id).history().stream().skip(3).map(move -> move.at()).distinct()).hasSize(1);
  }

  @Test
  @DisplayName("makes the worker end a running task, without the grace time if the task complies")
  void whatRunsIsEndedByItsWorkerWithoutTheTimeOfGraceWhereItComplies() {
    ExecutionId id =
        start(
            flow("flow")
                .task(
                    "ends",
                    "trap 'touch cleaned; exit 0' TERM; touch up; while :; do sleep 0.02; done")
                .task("next", "touch next", "ends"));
    Runner runner = runner();
    var result = runInBackground(runner, id);
    awaitFile("up");
    assertThat(runner.cancel(id)).isEqualTo(ExecutionState.CANCELLING);
    assertThat(states(id)).containsEntry("next", TaskRunState.CANCELLED);
    assertThat(result.join()).isEqualTo(ExecutionState.CANCELLED);
    assertThat(folder.resolve("cleaned")).exists();
    assertThat(attemptStates(id, "ends")).containsExactly("1 CANCELLED");
    assertThat(attempts(id, "ends").get(0).error()).isEqualTo("cancelled");
    nothingIsLive(id);
  }

  @Test
  @DisplayName("kills a task that ignores the request after the grace time")
  void whatIgnoresTheRequestIsKilledAfterTheGraceTime() {
    ExecutionId id =
        start(flow("flow").task("deaf", "trap '' TERM; touch up; while :; do sleep 0.02; done"));
    Runner runner = runner(builder().grace(Duration.ofMillis(200)));
    var result = runInBackground(runner, id);
    awaitFile("up");
    runner.cancel(id);
    assertThat(result.join()).isEqualTo(ExecutionState.CANCELLED);
    assertThat(attempts(id, "deaf").get(0).exitCode()).isEqualTo(137);
  }

  @Test
  @DisplayName("immediately cancels a task that waits for its next attempt")
  void aTaskThatWaitsForItsNextAttemptIsCancelledAtOnce() {
    ExecutionId id =
        start(flow("flow").task("again", "exit 1").retry(retry(2, Duration.ofHours(1))));
    Runner runner = runner();
    var result = runInBackground(runner, id);
    Await.until(
        "the pause before the retry", () -> states(id).get("again") == TaskRunState.RETRYING);
    assertThat(runner.cancel(id)).isEqualTo(ExecutionState.CANCELLED);
    assertThat(result.join()).isEqualTo(ExecutionState.CANCELLED);
    assertThat(states(id)).isEqualTo(Map.of("again", TaskRunState.CANCELLED));
  }

  @Test
  @DisplayName("changes nothing a second time or after the end")
  void cancellingTwiceOrAfterTheEndChangesNothing() {
    ExecutionId id = start(flow("flow").task("a", "true"));
    runner().run(id);
    assertThat(Runner.cancel(store, id)).isEqualTo(ExecutionState.SUCCEEDED);
    ExecutionId live = start(flow("flow").task("a", "true"));
    beginAs("elsewhere/1-1", live, "a");
    assertThat(Runner.cancel(store, live)).isEqualTo(ExecutionState.CANCELLING);
    long version = details(live).execution().version();
    assertThat(Runner.cancel(store, live)).isEqualTo(ExecutionState.CANCELLING);
    assertThat(details(live).execution().version()).isEqualTo(version);
  }

  @Test
  @DisplayName("of an unknown execution throws not found")
  void anUnknownExecutionIsNotFound() {
    assertThatThrownBy(() -> Runner.cancel(store, new ExecutionId(new UUID(1, 1))))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  @DisplayName("that races with a run gives both the same result")
  void cancellingRacesWithARunAndBothAgree() {
    for (int i = 0; i < 20; i++) {
      ExecutionId id =
          start(flow("flow").task("a", "true").task("b", "sleep 0.01", "a").task("c", "true", "b"));
      var result = runInBackground(runner(), id);
      Await.until("the run", () -> state(id) != ExecutionState.PENDING);
      Runner.cancel(store, id);
      assertThat(result.join())
          .isIn(ExecutionState.CANCELLED, ExecutionState.SUCCEEDED)
          .isEqualTo(state(id));
      nothingIsLive(id);
    }
  }
}
