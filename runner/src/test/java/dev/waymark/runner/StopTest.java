package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static dev.waymark.runner.Flows.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.testkit.Await;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A worker that is stopped leaves only work that others can take over. */
@DisplayName("A worker that is stopped")
class StopTest extends RunnerFixture {
  private static final String UP_TO_STOP =
      "echo x >> runs; if test -f go-on; then exit 0; fi; touch up; while :; do sleep 0.02; done";

  @Test
  @DisplayName("leaves its execution to the next worker, and the stopped attempt does not count")
  void aStoppedRunIsTakenUpByTheNextWorkerAndTheStoppedAttemptDoesNotCount() {
    ExecutionId id =
        start(
            flow("flow")
                .task("first", "echo first >> runs")
                .task("task", UP_TO_STOP, "first")
                .task("last", "true", "task"));
    Runner runner = runner();
    var result = runInBackground(runner, id);
    awaitFile("up");
    runner.stop();
    assertThat(result.join()).isEqualTo(ExecutionState.RUNNING);
    assertThat(attemptStates(id, "task")).containsExactly("1 CANCELLED");
    assertThat(attempts(id, "task").get(0).error()).isEqualTo("worker stopped");
    assertThat(states(id))
        .containsEntry("task", TaskRunState.RETRYING)
        .containsEntry("last", TaskRunState.PENDING);

    touch("go-on");
    runner().work(true);
    assertThat(state(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "task")).containsExactly("1 CANCELLED", "2 SUCCEEDED");
    assertThat(lines("runs")).containsExactly("first", "x", "x");
  }

  @Test
  @DisplayName("lets a script succeed that ends normally on the signal")
  void aScriptThatEndsWellWhenItIsStoppedHasSucceeded() {
    ExecutionId id =
        start(flow("flow").task("a", "trap 'exit 0' TERM; touch up; while :; do sleep 0.02; done"));
    Runner runner = runner();
    var result = runInBackground(runner, id);
    awaitFile("up");
    runner.stop();
    assertThat(result.join()).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "a")).containsExactly("1 SUCCEEDED");
    assertThat(attempts(id, "a").get(0).error()).isNull();
  }

  @Test
  @DisplayName("does not change the count of failures")
  void aStoppedAttemptLeavesTheCountOfFailuresAlone() {
    ExecutionId id =
        start(flow("flow").task("task", UP_TO_STOP).retry(retry(1, Duration.ofHours(1))));
    for (int stops = 1; stops <= 3; stops++) {
      Runner runner = runner();
      var result = runInBackground(runner, id);
      int attempts = stops;
      Await.until(
          "attempt " + stops,
          () -> folder.resolve("runs").toFile().exists() && lines("runs").size() == attempts);
      runner.stop();
      assertThat(result.join()).isEqualTo(ExecutionState.RUNNING);
    }
    assertThat(attemptStates(id, "task"))
        .containsExactly("1 CANCELLED", "2 CANCELLED", "3 CANCELLED");
    assertThat(states(id)).containsEntry("task", TaskRunState.RETRYING);
  }

  @Test
  @DisplayName("also stops while it waits for more work")
  void workThatWaitsForMoreIsStoppedToo() {
    Runner runner = runner();
    CompletableFuture<Void> work = CompletableFuture.runAsync(() -> runner.work(false));
    ExecutionId id = start(flow("flow").task("a", "true"));
    Await.until("the end", () -> state(id) == ExecutionState.SUCCEEDED);
    assertThat(work).isNotDone();
    runner.stop();
    work.join();
  }

  @Test
  @DisplayName("can be stopped before and after a run, and by many threads")
  void stoppingIsHarmlessBeforeAndAfterAndFromManyThreads() {
    Runner unused = runner();
    unused.stop();
    unused.stop();
    Runner used = runner();
    ExecutionId id = start(flow("flow").task("a", "true"));
    used.run(id);
    CompletableFuture.allOf(
            CompletableFuture.runAsync(used::stop), CompletableFuture.runAsync(used::stop))
        .join();
    used.close();
    assertThatThrownBy(() -> used.run(id))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has been stopped");
    assertThatThrownBy(() -> unused.work(true)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  @DisplayName("also stops when the thread of a run is interrupted")
  void anInterruptedRunStopsTheRunner() throws Exception {
    ExecutionId id = start(flow("flow").task("task", UP_TO_STOP));
    Runner runner = runner();
    AtomicBoolean stayed = new AtomicBoolean();
    Thread thread =
        new Thread(
            () -> {
              runner.run(id);
              stayed.set(Thread.currentThread().isInterrupted());
            });
    thread.start();
    awaitFile("up");
    thread.interrupt();
    thread.join();
    assertThat(stayed).isTrue();
    assertThat(attemptStates(id, "task")).containsExactly("1 CANCELLED");
  }

  @Test
  @DisplayName("does not repeat a task that ended before the stop")
  void aTaskThatEndedBeforeTheStopIsNotRepeated() {
    for (int i = 0; i < 10; i++) {
      ExecutionId id =
          start(
              flow("flow")
                  .task("quick", "echo $WAYMARK_TASK_RUN_ID >> quick")
                  .task("next", "sleep 300", "quick"));
      Runner runner = runner();
      var result = runInBackground(runner, id);
      Await.until("the start of task next", () -> states(id).get("next") == TaskRunState.RUNNING);
      runner.stop();
      result.join();
      assertThat(attemptStates(id, "quick")).containsExactly("1 SUCCEEDED");
      Runner.cancel(store, id);
    }
  }
}
