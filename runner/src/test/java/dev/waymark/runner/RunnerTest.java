package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static dev.waymark.runner.Flows.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.conflict.NotFoundException;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.NewExecution;
import dev.waymark.testkit.Await;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a run does with tasks that succeed, fail and depend on each other. */
@DisplayName("A run")
class RunnerTest extends RunnerFixture {

  @Test
  @DisplayName("runs the tasks in the order of their needs, and the execution succeeds")
  void tasksRunInTheOrderOfTheirNeedsAndTheExecutionSucceeds() {
    ExecutionId id =
        start(
            flow("flow")
                .task("last", "echo last >> order", "left", "right")
                .task("left", "echo middle >> order", "first")
                .task("right", "echo middle >> order", "first")
                .task("first", "echo first >> order"));
    assertThat(state(id)).isEqualTo(ExecutionState.PENDING);
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(lines("order")).containsExactly("first", "middle", "middle", "last");
    assertThat(states(id).values()).containsOnly(TaskRunState.SUCCEEDED);
    assertThat(attemptStates(id, "last")).containsExactly("1 SUCCEEDED");
    nothingIsLive(id);
  }

  @Test
  @DisplayName("of a flaky task has its failed attempt and then the one that succeeded")
  void aFlakyTaskShowsItsFailedAttemptAndThenTheOneThatSucceeded() {
    ExecutionId id =
        start(
            flow("flow")
                .task("flaky", "test -f seen || { touch seen; exit 2; }")
                .retry(retry(3, Duration.ofMillis(1))));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "flaky")).containsExactly("1 FAILED", "2 SUCCEEDED");
    Attempt failed = attempts(id, "flaky").get(0);
    assertThat(failed.exitCode()).isEqualTo(2);
    assertThat(failed.error()).isEqualTo("exited with code 2");
  }

  @Test
  @DisplayName("with a task that keeps failing fails with an error that names it")
  void aTaskThatKeepsFailingFailsItsExecutionWhichSaysWhy() {
    ExecutionId id =
        start(
            flow("flow")
                .task("extract", "exit 2")
                .retry(retry(3, Duration.ofMillis(1)))
                .task("publish", "touch published", "extract"));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(error(id)).isEqualTo("task \"extract\" failed after 3 attempts: exited with code 2");
    assertThat(states(id))
        .isEqualTo(Map.of("extract", TaskRunState.FAILED, "publish", TaskRunState.SKIPPED));
    assertThat(folder.resolve("published")).doesNotExist();
    nothingIsLive(id);
  }

  @Test
  @DisplayName("lets running tasks end after a failure and starts nothing new")
  void afterAFailureRunningTasksEndByThemselvesAndNothingNewStarts() {
    ExecutionId id =
        start(
            flow("flow")
                .task(
                    "slow",
                    "touch slow-runs; while ! test -f go-on; do sleep 0.01; done; echo done > slow-done")
                .task("fails", "while ! test -f fail; do sleep 0.01; done; exit 1")
                .task("again", "exit 3")
                .retry(retry(5, Duration.ofHours(1)))
                .task("after", "touch after", "slow"));
    Runner runner = runner();
    var result = runInBackground(runner, id);
    awaitFile("slow-runs");
    Await.until(
        "the pause before the retry", () -> states(id).get("again") == TaskRunState.RETRYING);
    touch("fail");
    Await.until("the failure", () -> states(id).get("fails") == TaskRunState.FAILED);
    assertThat(states(id))
        .containsEntry("again", TaskRunState.CANCELLED)
        .containsEntry("after", TaskRunState.SKIPPED)
        .containsEntry("slow", TaskRunState.RUNNING);
    touch("go-on");
    assertThat(result.join()).isEqualTo(ExecutionState.FAILED);
    assertThat(states(id)).containsEntry("slow", TaskRunState.SUCCEEDED);
    assertThat(folder.resolve("after")).doesNotExist();
    assertThat(error(id)).isEqualTo("task \"fails\" failed after 1 attempt: exited with code 1");
    nothingIsLive(id);
  }

  @Test
  @DisplayName("counts a time-out as a failed attempt")
  void aTimeOutIsAFailedAttempt() {
    ExecutionId id = start(flow("flow").task("slow", "sleep 300").timeout(Duration.ofMillis(200)));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(error(id)).isEqualTo("task \"slow\" failed after 1 attempt: timed out after 200ms");
    assertThat(attempts(id, "slow").get(0).exitCode()).isEqualTo(143);
  }

  @Test
  @DisplayName("counts a task that cannot start as a failed attempt without an exit code")
  void aTaskThatCannotStartIsAFailedAttemptWithoutAnExitCode() {
    ExecutionId id = start(flow("flow").task("lost", "true").directory("missing"));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.FAILED);
    Attempt attempt = attempts(id, "lost").get(0);
    assertThat(attempt.exitCode()).isNull();
    assertThat(attempt.error())
        .isEqualTo(
            "cannot start: working directory " + folder.resolve("missing") + " does not exist");
  }

  @Test
  @DisplayName("passes inputs and names to a task in its environment")
  void aTaskFindsItsInputsAndItsNamesInItsEnvironment() {
    ExecutionId id =
        start(
            flow("flow")
                .input("day", "today")
                .input("out-dir", null)
                .env("GREETING", "hello")
                .env("WHO", "nobody")
                .task("show", "env | sort > env.txt")
                .taskEnv("WHO", "world"),
            Map.of("out-dir", "x y"));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    String run = taskRun(id, "show").id().toString();
    assertThat(lines("env.txt"))
        .contains("INPUT_DAY=today", "INPUT_OUT_DIR=x y", "GREETING=hello", "WHO=world")
        .contains("WAYMARK_EXECUTION_ID=" + id, "WAYMARK_WORKFLOW_ID=flow", "WAYMARK_TASK_ID=show")
        .contains(
            "WAYMARK_TASK_RUN_ID=" + run, "WAYMARK_ATTEMPT=1", "WAYMARK_IDEMPOTENCY_KEY=" + run);
  }

  @Test
  @DisplayName("keeps the output of every attempt")
  void theOutputOfEveryAttemptIsKept() throws Exception {
    ExecutionId id =
        start(
            flow("flow")
                .task("talks", "echo attempt $WAYMARK_ATTEMPT; test $WAYMARK_ATTEMPT = 2")
                .retry(retry(2, Duration.ofMillis(1))));
    Runner runner = runner();
    runner.run(id);
    TaskId task = new TaskId("talks");
    assertThat(Objects.requireNonNull(runner.logs().tail(id, task, 1, 100)).text())
        .isEqualTo("attempt 1\n");
    assertThat(Objects.requireNonNull(runner.logs().tail(id, task, 2, 100)).text())
        .isEqualTo("attempt 2\n");
    assertThat(runner.logs().open(id, task, 3)).isNull();
    try (var files = Files.list(runner.logs().path(id, task, 1).getParent())) {
      assertThat(files).as("the record of the process group is deleted").hasSize(2);
    }
  }

  @Test
  @DisplayName("runs independent tasks at the same time, up to its limit")
  void independentTasksRunAtTheSameTimeButNeverMoreThanAllowed() {
    Flows.Flow flow = flow("flow");
    for (int i = 0; i < 30; i++) {
      // Each task counts the tasks that run at the same time, itself included, by their files. The
      // first ones wait until there are five.
      flow.task(
          "t" + i,
          """
          touch live.$WAYMARK_TASK_ID
          ls live.* | wc -l >> counts
          until test -e full || test $(ls live.* | wc -l) -ge 5; do sleep 0.01; done
          touch full
          rm live.$WAYMARK_TASK_ID""");
    }
    ExecutionId id = start(flow.task("in", "true", "t0", "t29"));
    assertThat(runner(builder().concurrency(5)).run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    List<Integer> counts =
        lines("counts").stream().map(line -> Integer.valueOf(line.strip())).toList();
    assertThat(counts).hasSize(30).allMatch(count -> count <= 5);
    assertThat(Files.exists(folder.resolve("full"))).as("five ran at the same time").isTrue();
  }

  @Test
  @DisplayName("can have a thousand tasks")
  void aThousandTasksGoThroughInOneRun() {
    Flows.Flow flow = flow("flow");
    for (int i = 0; i < 1000; i++) {
      flow.task("t" + i, ":");
    }
    ExecutionId id = start(flow);
    assertThat(runner(builder().concurrency(8)).run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    nothingIsLive(id);
  }

  @Test
  @DisplayName("of all work runs everything that is ready, oldest first, and returns")
  void workDoesEverythingThatIsReadyOldestFirstAndReturns() {
    Flows.Flow flow = flow("flow").input("n", null).task("write", "echo $INPUT_N >> order");
    for (int i = 0; i < 25; i++) {
      start(flow, Map.of("n", "" + i));
    }
    runner(builder().concurrency(1)).work(true);
    assertThat(lines("order")).isEqualTo(IntStream.range(0, 25).mapToObj(i -> "" + i).toList());
  }

  @Test
  @DisplayName("of all work waits for the pause of a retry")
  void workWaitsForThePauseOfARetry() {
    ExecutionId id =
        start(
            flow("flow")
                .task("flaky", "test -f seen || { touch seen; exit 2; }")
                .retry(retry(2, Duration.ofMillis(300))));
    runner().work(true);
    assertThat(state(id)).isEqualTo(ExecutionState.SUCCEEDED);
  }

  @Test
  @DisplayName("can be shared by two runners, and each task runs once")
  void twoRunnersShareAnExecutionWithoutDoingAnythingTwice() {
    Flows.Flow flow = flow("flow");
    for (int i = 0; i < 60; i++) {
      flow.task("t" + i, "echo $WAYMARK_TASK_ID >> done");
    }
    ExecutionId id = start(flow.task("end", "echo end >> done", "t0", "t59"));
    var one = runInBackground(runner(), id);
    var two = runInBackground(runner(), id);
    assertThat(one.join()).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(two.join()).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(lines("done")).hasSize(61).doesNotHaveDuplicates();
    assertThat(details(id).taskRuns()).allMatch(run -> run.attempts().size() == 1);
    assertThat(
            details(id).taskRuns().stream()
                .map(run -> run.attempts().get(0).worker())
                .distinct()
                .count())
        .as("both runners ran tasks")
        .isEqualTo(2);
  }

  @Test
  @DisplayName("of an unknown execution throws not found")
  void anUnknownExecutionIsNotFound() {
    Runner runner = runner();
    ExecutionId id = new ExecutionId(new UUID(1, 2));
    assertThatThrownBy(() -> runner.run(id))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining(id.toString());
  }

  @Test
  @DisplayName("of an execution that has ended only returns it")
  void whatHasEndedIsOnlyReported() {
    ExecutionId id = start(flow("flow").task("once", "echo x >> runs"));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(lines("runs")).hasSize(1);
  }

  @Test
  @DisplayName("does not touch an execution of another program")
  void anExecutionOfAnotherProgramIsLeftAlone() {
    flow("flow").task("a", "true").save(store);
    ExecutionId id = new ExecutionId(new UUID(1, 3));
    store.createExecution(new NewExecution(id, FLOW));
    Runner runner = runner();
    runner.work(true);
    assertThat(state(id)).isEqualTo(ExecutionState.PENDING);
    assertThatThrownBy(() -> runner.run(id)).hasMessageContaining("it has no task run for task a");
  }

  @Test
  @DisplayName("pauses before a retry as the policy says, from the end of the attempt")
  void retriesHonourThePausesOfThePolicyCountedFromTheEndOfTheAttempt() {
    ExecutionId id =
        start(
            flow("flow")
                .task("flaky", "test $WAYMARK_ATTEMPT = 3")
                .retry(retry(3, Duration.ofMillis(400))));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    List<Attempt> attempts = attempts(id, "flaky");
    assertThat(Duration.between(attempts.get(0).endedAt(), attempts.get(1).startedAt()))
        .isGreaterThanOrEqualTo(Duration.ofMillis(400));
    assertThat(Duration.between(attempts.get(1).endedAt(), attempts.get(2).startedAt()))
        .isGreaterThanOrEqualTo(Duration.ofMillis(800));
  }

  @Test
  @DisplayName("has every move once in its history")
  void historyHoldsEveryMoveOnce() {
    ExecutionId id = start(flow("flow").task("a", "true").task("b", "true", "a"));
    runner().run(id);
    Map<String, Integer> moves = new TreeMap<>();
    details(id)
        .history()
        .forEach(t -> moves.merge(t.record().kind() + " " + t.to(), 1, Integer::sum));
    assertThat(moves)
        .isEqualTo(
            Map.of(
                "EXECUTION PENDING",
                1,
                "EXECUTION RUNNING",
                1,
                "EXECUTION SUCCEEDED",
                1,
                "TASK_RUN PENDING",
                2,
                "TASK_RUN RUNNING",
                2,
                "TASK_RUN SUCCEEDED",
                2,
                "ATTEMPT RUNNING",
                2,
                "ATTEMPT SUCCEEDED",
                2));
  }
}
