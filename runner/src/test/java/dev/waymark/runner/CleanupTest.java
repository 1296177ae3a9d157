package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static dev.waymark.runner.Flows.retry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.runner.definition.Stage;
import dev.waymark.testkit.Await;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How an execution ends, and which of its stages run: the table of docs/workflow-file.md. */
@DisplayName("On-failure and finally")
class CleanupTest extends RunnerFixture {
  private static final String NEVER_ENDS = "touch up; while :; do sleep 0.02; done";
  private static final String FACTS =
      "echo $WAYMARK_RESULT: $WAYMARK_FAILED_TASKS. > $WAYMARK_TASK_ID;"
          + " cat $WAYMARK_RESULT_FILE > $WAYMARK_TASK_ID.json";

  private static Flows.Flow withCleanup(String task) {
    return flow("flow")
        .task("work", task)
        .task("tell", FACTS)
        .stage(Stage.ON_FAILURE)
        .task("clean", FACTS)
        .stage(Stage.FINALLY);
  }

  private void nothingIsDue() {
    assertThat(store.claim(ClaimRequest.of("looks", 0, Duration.ofHours(1))).due()).isEmpty();
    assertThat(store.claim(ClaimRequest.of("looks", 0, Duration.ofHours(1))).next()).isNull();
  }

  @Test
  @DisplayName("succeeded: finally runs")
  void succeeded() {
    ExecutionId id = start(withCleanup("true"));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(states(id)).containsEntry("tell", TaskRunState.SKIPPED);
    assertThat(lines("clean")).containsExactly("SUCCEEDED: .");
    nothingIsDue();
  }

  @Test
  @DisplayName("failed: both run, and receive the failed tasks and the paths of their logs")
  void failed() {
    ExecutionId id = start(withCleanup("echo \"this 'went' wrong\"; exit 3").task("other", "true"));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(lines("tell")).containsExactly("FAILED: work.");
    assertThat(lines("clean")).containsExactly("FAILED: work.");
    String log = folder.resolve("logs").resolve(id.toString()).resolve("work.1.log").toString();
    assertThat(read("clean.json"))
        .contains("\"execution\":\"" + id + "\"", "\"result\":\"FAILED\"")
        .contains(
            "{\"task\":\"work\",\"stage\":\"tasks\",\"state\":\"FAILED\",\"attempts\":1,"
                + "\"error\":\"exited with code 3\",\"log\":\""
                + log
                + "\"}")
        .contains("{\"task\":\"tell\",\"stage\":\"on-failure\",\"state\":\"SUCCEEDED\"");
    assertThat(java.nio.file.Path.of(log)).exists();
    nothingIsDue();
  }

  @Test
  @DisplayName(
      "failed on another worker: the worker that claims the cleanup receives the same information")
  void failedAtAnotherWorker() {
    ExecutionId id =
        start(
            flow("flow")
                .task("work", "touch working; while ! test -f go-on; do sleep 0.02; done; exit 3")
                .pool("here")
                .task("other", "true")
                .pool("there")
                .task("clean", FACTS)
                .pool("there")
                .stage(Stage.FINALLY));
    var result = runInBackground(runner(builder().pool("here")), id);
    awaitFile("working");
    // It does not search for executions, and works only on those that it claims.
    Runner there = runner(builder().pollInterval(Duration.ofHours(1)).pool("there"));
    var other = workInBackground(there);
    Await.until("the end of the other", () -> states(id).get("other") == TaskRunState.SUCCEEDED);
    touch("go-on");
    assertThat(result.join()).isEqualTo(ExecutionState.FAILED);
    there.stop();
    other.join();
    assertThat(lines("clean")).containsExactly("FAILED: work.");
  }

  @Test
  @DisplayName("timed out: running tasks are ended, then both run")
  void timedOut() {
    ExecutionId id =
        start(withCleanup(NEVER_ENDS).executionTimeout(Duration.ofMillis(500)).task("b", "true"));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(lines("tell")).containsExactly("TIMED_OUT: work.");
    assertThat(lines("clean")).containsExactly("TIMED_OUT: work.");
    assertThat(error(id)).isEqualTo("the execution timed out after 500ms");
    nothingIsDue();
  }

  @Test
  @DisplayName("timed out, then the worker changes: both run, and the error is the same")
  void timedOutAndTheWorkerIsAnotherOneThen() {
    ExecutionId id =
        start(
            flow("flow")
                .executionTimeout(Duration.ofMillis(500))
                .task("work", NEVER_ENDS)
                .task("tell", "touch telling; while ! test -f go-on; do sleep 0.02; done")
                .retry(retry(3, Duration.ZERO))
                .stage(Stage.ON_FAILURE)
                .task("clean", FACTS)
                .stage(Stage.FINALLY));
    Runner first = runner();
    var result = runInBackground(first, id);
    awaitFile("telling");
    first.stop();
    assertThat(result.join()).isEqualTo(ExecutionState.RUNNING);
    touch("go-on");
    assertThat(runner().run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(lines("clean")).containsExactly("TIMED_OUT: work.");
    assertThat(error(id)).isEqualTo("the execution timed out after 500ms");
    nothingIsDue();
  }

  @Test
  @DisplayName("time-out of on-failure: it is ended, and finally runs with a separate time-out")
  void timeOutOfOnFailure() {
    ExecutionId id =
        start(
            flow("flow")
                .cleanupTimeout(Duration.ofMillis(500))
                .task("work", "exit 1")
                .task("tell", NEVER_ENDS)
                .retry(retry(3, Duration.ofMillis(1)))
                .stage(Stage.ON_FAILURE)
                .task("more", "touch more", "tell")
                .stage(Stage.ON_FAILURE)
                .task("clean", FACTS)
                .stage(Stage.FINALLY));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(attempts(id, "tell")).hasSize(1);
    assertThat(attempts(id, "tell").get(0).error())
        .isEqualTo("the tasks of \"on-failure\" timed out after 500ms");
    assertThat(states(id)).containsEntry("more", TaskRunState.SKIPPED);
    assertThat(lines("clean")).containsExactly("FAILED: work tell.");
    nothingIsDue();
  }

  @Test
  @DisplayName("time-out of finally: it is ended, and the execution fails")
  void timeOutOfFinally() {
    ExecutionId id =
        start(
            flow("flow")
                .executionTimeout(Duration.ofHours(1))
                .cleanupTimeout(Duration.ofMillis(500))
                .task("work", "true")
                .task("clean", NEVER_ENDS)
                .stage(Stage.FINALLY)
                .task("more", "touch more", "clean")
                .stage(Stage.FINALLY));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(states(id)).containsEntry("more", TaskRunState.SKIPPED);
    assertThat(error(id))
        .isEqualTo(
            "task \"clean\" failed after 1 attempt: the tasks of \"finally\" timed out after"
                + " 500ms");
    nothingIsDue();
  }

  @Test
  @DisplayName("worker lost: its task is retried, and finally runs in any case")
  void workerLost() {
    ExecutionId id = start(withCleanup("true"));
    var claims = store.claim(ClaimRequest.of("elsewhere/1-1", 1, Duration.ofMillis(1)));
    assertThat(claims.claimed()).hasSize(1);
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "work")).containsExactly("1 LOST", "2 SUCCEEDED");
    assertThat(lines("clean")).containsExactly("SUCCEEDED: .");
  }

  @Test
  @DisplayName("a pause counts towards the time-out of a stage that has begun")
  void aPauseCountsAgainstTheTimeOfAStageThatHasBegun() {
    ExecutionId id =
        start(
            flow("flow")
                .cleanupTimeout(Duration.ofMillis(700))
                .task("work", "true")
                .task("clean", NEVER_ENDS)
                .stage(Stage.FINALLY)
                .task("more", "touch more")
                .stage(Stage.FINALLY));
    var result = runInBackground(runner(builder().concurrency(1)), id);
    awaitFile("up");
    Runner.pause(store, id);
    Await.until("the end of clean", () -> states(id).get("clean") == TaskRunState.FAILED);
    Runner.resume(store, id);
    assertThat(result.join()).isEqualTo(ExecutionState.FAILED);
    assertThat(folder.resolve("more")).doesNotExist();
    nothingIsDue();
  }

  // ---- cancelled

  /** Cancels in a program that has the definition, as another process would. */
  private ExecutionState cancel(ExecutionId id) {
    return runner().cancel(id);
  }

  private static Flows.Flow threeStages() {
    return flow("flow")
        .task("work", "touch up; while ! test -f down; do sleep 0.02; done; exit 1")
        .task("next", "touch next", "work")
        .task("tell", "touch telling; while ! test -f told; do sleep 0.02; done; exit 1")
        .stage(Stage.ON_FAILURE)
        .task("clean", FACTS + "; touch cleaning; while ! test -f go-on; do sleep 0.02; done")
        .retry(retry(3, Duration.ofMillis(1)))
        .stage(Stage.FINALLY)
        .task("more", FACTS, "clean")
        .stage(Stage.FINALLY);
  }

  @Test
  @DisplayName(
      "cancelled in tasks: running tasks are ended, the others cancelled, then finally runs")
  void cancelledInTasks() {
    ExecutionId id = start(threeStages());
    touch("go-on");
    Runner runner = runner();
    var result = runInBackground(runner, id);
    awaitFile("up");
    assertThat(runner.cancel(id)).isEqualTo(ExecutionState.CANCELLING);
    assertThat(result.join()).isEqualTo(ExecutionState.CANCELLED);
    assertThat(attemptStates(id, "work")).containsExactly("1 CANCELLED");
    assertThat(states(id))
        .containsEntry("work", TaskRunState.CANCELLED)
        .containsEntry("next", TaskRunState.CANCELLED)
        .containsEntry("tell", TaskRunState.CANCELLED)
        .containsEntry("clean", TaskRunState.SUCCEEDED)
        .containsEntry("more", TaskRunState.SUCCEEDED);
    assertThat(lines("clean")).containsExactly("CANCELLED: .");
    assertThat(lines("more")).containsExactly("CANCELLED: .");
    assertThat(read("clean.json")).contains("\"result\":\"CANCELLED\"");
    assertThat(error(id)).isEqualTo("cancelled on request");
    nothingIsDue();
  }

  @Test
  @DisplayName("cancelled in on-failure: it is ended, then finally runs")
  void cancelledInOnFailure() {
    ExecutionId id = start(threeStages());
    touch("go-on");
    var result = runInBackground(runner(), id);
    awaitFile("up");
    touch("down");
    awaitFile("telling");
    assertThat(cancel(id)).isEqualTo(ExecutionState.CANCELLING);
    assertThat(result.join()).isEqualTo(ExecutionState.CANCELLED);
    assertThat(attemptStates(id, "tell")).containsExactly("1 CANCELLED");
    assertThat(lines("clean")).containsExactly("CANCELLED: work.");
    nothingIsDue();
  }

  @Test
  @DisplayName("cancelled in finally: it continues, and the execution is CANCELLED")
  void cancelledInFinally() {
    ExecutionId id =
        start(
            withCleanup("true")
                .task("last", "touch l; while ! test -f go-on; do sleep 0.02; done")
                .stage(Stage.FINALLY)
                .task("more", FACTS, "last")
                .stage(Stage.FINALLY));
    var result = runInBackground(runner(), id);
    awaitFile("l");
    assertThat(cancel(id)).isEqualTo(ExecutionState.CANCELLING);
    touch("go-on");
    assertThat(result.join()).isEqualTo(ExecutionState.CANCELLED);
    assertThat(attemptStates(id, "last")).containsExactly("1 SUCCEEDED");
    assertThat(lines("more")).containsExactly("CANCELLED: .");
    nothingIsDue();
  }

  @Test
  @DisplayName("cancelled twice: running tasks of finally are ended, and the others are cancelled")
  void cancelledTwice() {
    ExecutionId id = start(threeStages());
    var result = runInBackground(runner(), id);
    awaitFile("up");
    cancel(id);
    awaitFile("cleaning");
    assertThat(cancel(id)).isEqualTo(ExecutionState.CANCELLING);
    assertThat(states(id)).containsEntry("more", TaskRunState.CANCELLED);
    assertThat(result.join()).isEqualTo(ExecutionState.CANCELLED);
    assertThat(attemptStates(id, "clean")).containsExactly("1 CANCELLED");
    assertThat(attempts(id, "clean").get(0).error()).isEqualTo("cancelled");
    assertThat(error(id)).isEqualTo("cancelled on request");
    nothingIsDue();
  }

  @Test
  @DisplayName("cancelled twice while tasks still end: finally does not run")
  void cancelledTwiceBeforeFinally() {
    ExecutionId id = start(threeStages());
    beginAs("elsewhere/1-1", id, "work");
    assertThat(cancel(id)).isEqualTo(ExecutionState.CANCELLING);
    assertThat(states(id)).containsEntry("clean", TaskRunState.PENDING);
    assertThat(cancel(id)).isEqualTo(ExecutionState.CANCELLING);
    assertThat(states(id))
        .containsEntry("clean", TaskRunState.CANCELLED)
        .containsEntry("more", TaskRunState.CANCELLED)
        .containsEntry("work", TaskRunState.RUNNING);
  }

  @Test
  @DisplayName("cancelled while paused: finally runs")
  void cancelledWhilePaused() {
    ExecutionId id = start(withCleanup("true").task("second", "touch second", "work"));
    store.claim(ClaimRequest.of("elsewhere/1-1", 1, Duration.ofMillis(1)));
    Runner.pause(store, id);
    assertThat(cancel(id)).isEqualTo(ExecutionState.CANCELLING);
    assertThat(runner().run(id)).isEqualTo(ExecutionState.CANCELLED);
    assertThat(attemptStates(id, "work")).containsExactly("1 LOST");
    assertThat(states(id)).containsEntry("second", TaskRunState.CANCELLED);
    assertThat(lines("clean")).containsExactly("CANCELLED: .");
    nothingIsDue();
  }

  @Test
  @DisplayName("cancelled before its start: finally does not run")
  void cancelledBeforeItsStart() {
    ExecutionId id = start(withCleanup("true"));
    assertThat(cancel(id)).isEqualTo(ExecutionState.CANCELLED);
    assertThat(states(id).values()).containsOnly(TaskRunState.CANCELLED);
    nothingIsDue();
  }

  @Test
  @DisplayName("cancelled, then the worker changes: finally runs, once")
  void cancelledAndTheWorkerIsAnotherOneThen() {
    ExecutionId id = start(threeStages());
    Runner first = runner();
    var result = runInBackground(first, id);
    awaitFile("up");
    cancel(id);
    awaitFile("cleaning");
    first.stop();
    assertThat(result.join()).isEqualTo(ExecutionState.CANCELLING);
    assertThat(states(id)).containsEntry("clean", TaskRunState.RETRYING);
    touch("go-on");
    runner().work(true);
    assertThat(state(id)).isEqualTo(ExecutionState.CANCELLED);
    assertThat(attemptStates(id, "clean")).containsExactly("1 CANCELLED", "2 SUCCEEDED");
    assertThat(lines("more")).containsExactly("CANCELLED: .");
    nothingIsDue();
  }

  @Test
  @DisplayName("cancelled while no worker is alive: the next worker runs finally")
  void cancelledWhileNoWorkerIsAlive() {
    ExecutionId id =
        start(
            flow("flow")
                .task("work", "exit 1")
                .retry(retry(2, Duration.ofHours(1)))
                .task("clean", FACTS)
                .stage(Stage.FINALLY));
    Runner first = runner();
    var result = runInBackground(first, id);
    Await.until(
        "the pause before the retry", () -> states(id).get("work") == TaskRunState.RETRYING);
    first.stop();
    result.join();
    assertThat(cancel(id)).isEqualTo(ExecutionState.CANCELLING);
    assertThat(states(id)).containsEntry("work", TaskRunState.CANCELLED);
    runner().work(true);
    assertThat(state(id)).isEqualTo(ExecutionState.CANCELLED);
    assertThat(lines("clean")).containsExactly("CANCELLED: .");
    nothingIsDue();
  }

  @Test
  @DisplayName("cancelled, and finally fails or times out: the error says so")
  void cancelledAndFinallyFails() {
    ExecutionId id =
        start(
            flow("flow")
                .cleanupTimeout(Duration.ofMillis(500))
                .task("work", NEVER_ENDS)
                .task("clean", "touch cleaning; while :; do sleep 0.02; done")
                .stage(Stage.FINALLY)
                .task("more", "touch more", "clean")
                .stage(Stage.FINALLY));
    var result = runInBackground(runner(), id);
    awaitFile("up");
    cancel(id);
    assertThat(result.join()).isEqualTo(ExecutionState.CANCELLED);
    assertThat(attemptStates(id, "clean")).containsExactly("1 FAILED");
    assertThat(states(id)).containsEntry("more", TaskRunState.SKIPPED);
    assertThat(error(id))
        .isEqualTo(
            "cancelled on request; task \"clean\" failed after 1 attempt:"
                + " the tasks of \"finally\" timed out after 500ms");
    nothingIsDue();
  }

  @Test
  @DisplayName(
      "cancelled by a program that cannot read the definition: a worker cancels the waiting tasks")
  void cancelledByAProgramThatCannotReadTheDefinition() {
    ExecutionId id = start(threeStages());
    touch("go-on");
    beginAs("elsewhere/1-1", id, "work");
    store.updateAttempt(
        new dev.waymark.core.model.AttemptId(taskRun(id, "work").id(), 1),
        dev.waymark.core.model.AttemptState.FAILED,
        1);
    store.updateTaskRun(taskRun(id, "work").id(), TaskRunState.RETRYING, 2);
    assertThat(Runner.cancel(store, id)).isEqualTo(ExecutionState.CANCELLING);
    assertThat(states(id)).containsEntry("work", TaskRunState.RETRYING);
    runner().work(true);
    assertThat(states(id))
        .containsEntry("work", TaskRunState.CANCELLED)
        .containsEntry("next", TaskRunState.CANCELLED)
        .containsEntry("more", TaskRunState.SUCCEEDED);
    assertThat(state(id)).isEqualTo(ExecutionState.CANCELLED);
    nothingIsDue();
  }
}
