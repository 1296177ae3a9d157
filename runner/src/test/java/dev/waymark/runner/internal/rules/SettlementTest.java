package dev.waymark.runner.internal.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.runner.definition.Condition;
import dev.waymark.runner.definition.RetryPolicy;
import dev.waymark.runner.definition.Stage;
import dev.waymark.runner.definition.TaskDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What follows from the ends of tasks. */
@DisplayName("The settlement")
class SettlementTest {
  private static final RetryPolicy TWICE =
      new RetryPolicy(2, Duration.ZERO, 1, Duration.ofSeconds(1), 0);

  private static TaskDefinition task(String id, String... needs) {
    return task(id, RetryPolicy.NONE, needs);
  }

  private static TaskDefinition twice(String id, String... needs) {
    return task(id, TWICE, needs);
  }

  private static TaskDefinition task(String id, RetryPolicy retry, String... needs) {
    return new TaskDefinition(
        new TaskId(id),
        Stream.of(needs).map(TaskId::new).toList(),
        "true",
        null,
        Map.of(),
        Map.of(),
        null,
        null,
        retry);
  }

  private static TaskDefinition when(String condition, String id, String... needs) {
    return task(id, needs).withCondition(Condition.parse(condition));
  }

  private static TaskDefinition onFailure(String id, String... needs) {
    return task(id, needs).withStage(Stage.ON_FAILURE);
  }

  private static TaskDefinition last(String id, String... needs) {
    return task(id, needs).withStage(Stage.FINALLY);
  }

  @Test
  @DisplayName("makes a task ready when all its needs have succeeded")
  void aTaskIsReadyOnceAllItsNeedsHaveSucceeded() {
    Settled flow = new Settled(task("a"), task("b"), task("c", "a", "b"));
    assertThat(flow).hasToString("a ready, b ready, c PENDING: PENDING");
    assertThat(flow.succeed("a")).hasToString("a SUCCEEDED, b RUNNING, c PENDING: RUNNING");
    assertThat(flow.succeed("b")).hasToString("a SUCCEEDED, b SUCCEEDED, c ready: RUNNING");
    assertThat(flow.succeed("c").state()).isEqualTo(ExecutionState.SUCCEEDED);
  }

  @Test
  @DisplayName("after a failure skips tasks that have not begun and lets running ones end")
  void aFailureSkipsWhatHasNotBegunAndLetsEndWhatRuns() {
    Settled flow =
        new Settled(
            task("a"), task("b"), task("c", "b"), task("d", "c"), when("always()", "e", "d"));
    assertThat(flow.fail("a"))
        .hasToString("a FAILED, b RUNNING, c SKIPPED, d SKIPPED, e ready: RUNNING");
    assertThat(flow.succeed("b", "e"))
        .hasToString("a FAILED, b SUCCEEDED, c SKIPPED, d SKIPPED, e SUCCEEDED: FAILED");
    assertThat(flow.error()).isEqualTo("task \"a\" failed after 1 attempt: because");
  }

  @Test
  @DisplayName("after a failure fails tasks that wait for a retry or fail later")
  void aFailureEndsWhatWaitsForAnotherAttemptAndWhatFailsAfterwards() {
    Settled flow = new Settled(task("a"), twice("b"), twice("c"), twice("d"));
    assertThat(flow.fail("b").toString()).contains("b ready again");
    // Tasks that run at the failure end by themselves.
    flow = new Settled(task("a"), twice("b"), twice("c"), twice("d"));
    flow.begin().end("b", AttemptState.CANCELLED, Map.of());
    assertThat(flow).hasToString("a RUNNING, b ready again, c RUNNING, d RUNNING: RUNNING");
    flow.end("a", AttemptState.FAILED, Map.of());
    assertThat(flow).hasToString("a FAILED, b CANCELLED, c RUNNING, d RUNNING: RUNNING");
    flow.end("c", AttemptState.FAILED, Map.of()).end("d", AttemptState.CANCELLED, Map.of());
    assertThat(flow).hasToString("a FAILED, b CANCELLED, c FAILED, d CANCELLED: FAILED");
    assertThat(flow.error())
        .isEqualTo(
            "task \"a\" failed after 1 attempt: because; task \"c\" failed after 1 attempt:"
                + " because");
  }

  @Test
  @DisplayName("runs a task that waits for a failure after one, and skips it otherwise")
  void aTaskThatWaitsForAFailureRunsUponOneAndIsSkippedWithout() {
    TaskDefinition[] tasks = {
      task("a"), when("failure()", "undo", "a"), task("after", "undo"), task("b", "a")
    };
    assertThat(new Settled(tasks).succeed("a", "b"))
        .hasToString("a SUCCEEDED, undo SKIPPED, after SKIPPED, b SUCCEEDED: SUCCEEDED");
    Settled failed = new Settled(tasks).fail("a");
    assertThat(failed).hasToString("a FAILED, undo ready, after SKIPPED, b SKIPPED: RUNNING");
    assertThat(failed.succeed("undo").state()).isEqualTo(ExecutionState.FAILED);
  }

  @Test
  @DisplayName("retries a task that waits for a failure after its own failure")
  void aTaskThatWaitsForAFailureIsTriedAgainUponItsOwn() {
    Settled flow =
        new Settled(
            task("a"), twice("undo", "a").withCondition(Condition.parse("failure()")), task("b"));
    flow.succeed("b").fail("a");
    assertThat(flow.fail("undo")).hasToString("a FAILED, undo ready again, b SUCCEEDED: RUNNING");
    assertThat(flow.fail("undo").state()).isEqualTo(ExecutionState.FAILED);
  }

  @Test
  @DisplayName("lets an output decide which tasks run, with the tasks that need them")
  void anOutputDecidesWhatRunsAndTakesWithItWhatNeedsThat() {
    TaskDefinition[] tasks = {
      task("a"),
      when("needs.a.outputs.rows == '0'", "none", "a"),
      when("needs.a.outputs.rows != '0'", "some", "a"),
      task("more", "some"),
      when("always()", "end", "none", "more"),
      when("failure()", "never", "none", "more")
    };
    Settled flow = new Settled(tasks).begin();
    flow.end("a", AttemptState.SUCCEEDED, Map.of("rows", "0"));
    assertThat(flow)
        .hasToString(
            "a SUCCEEDED, none ready, some SKIPPED, more SKIPPED, end PENDING, never PENDING:"
                + " RUNNING");
    assertThat(flow.succeed("none", "end"))
        .hasToString(
            "a SUCCEEDED, none SUCCEEDED, some SKIPPED, more SKIPPED, end SUCCEEDED, never SKIPPED:"
                + " SUCCEEDED");
    // An output that was not written is the empty text.
    assertThat(new Settled(tasks).succeed("a").toString()).contains("none SKIPPED", "some ready");
  }

  @Test
  @DisplayName("opens one stage after the other")
  void theStagesFollowOneAnother() {
    TaskDefinition[] tasks = {
      task("a"),
      task("b"),
      onFailure("tell"),
      onFailure("tell-more", "tell"),
      last("clean"),
      last("clean-more", "clean")
    };
    assertThat(new Settled(tasks).succeed("a"))
        .hasToString(
            "a SUCCEEDED, b RUNNING, tell PENDING, tell-more PENDING, clean PENDING, clean-more"
                + " PENDING: RUNNING");
    assertThat(new Settled(tasks).succeed("a", "b"))
        .hasToString(
            "a SUCCEEDED, b SUCCEEDED, tell SKIPPED, tell-more SKIPPED, clean ready, clean-more"
                + " PENDING: RUNNING");
    assertThat(new Settled(tasks).succeed("a", "b", "clean", "clean-more").state())
        .isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(new Settled(tasks).fail("a").succeed("b"))
        .hasToString(
            "a FAILED, b SUCCEEDED, tell ready, tell-more PENDING, clean PENDING, clean-more"
                + " PENDING: RUNNING");
    assertThat(
            new Settled(tasks)
                .fail("a")
                .succeed("b", "tell", "tell-more", "clean", "clean-more")
                .state())
        .isEqualTo(ExecutionState.FAILED);
  }

  @Test
  @DisplayName(
      "after a failure in a later stage fails the execution and skips only the tasks that need it")
  void aFailureOfALaterStageFailsTheExecutionAndSkipsOnlyWhatNeedsIt() {
    TaskDefinition[] tasks = {
      task("a"), onFailure("tell"), onFailure("more", "tell"), last("x"), last("y"), last("z", "x")
    };
    assertThat(new Settled(tasks).fail("a", "tell"))
        .hasToString("a FAILED, tell FAILED, more SKIPPED, x ready, y ready, z PENDING: RUNNING");
    Settled flow = new Settled(tasks).succeed("a").fail("x");
    assertThat(flow)
        .hasToString(
            "a SUCCEEDED, tell SKIPPED, more SKIPPED, x FAILED, y RUNNING, z SKIPPED: RUNNING");
    assertThat(flow.succeed("y").state()).isEqualTo(ExecutionState.FAILED);
    assertThat(flow.error()).startsWith("task \"x\" failed");
  }

  @Test
  @DisplayName("counts failed attempts and lost attempts separately")
  void attemptsThatFailedAndThoseThatWereLostAreCountedApart() {
    Settled flow = new Settled(twice("a"));
    for (AttemptState end :
        List.of(AttemptState.LOST, AttemptState.FAILED, AttemptState.CANCELLED)) {
      assertThat(flow.begin().end("a", end, Map.of())).hasToString("a ready again: RUNNING");
    }
    assertThat(flow.begin().end("a", AttemptState.LOST, Map.of())).hasToString("a FAILED: FAILED");
  }

  @Test
  @DisplayName("starts nothing in a paused execution, and everything that is due afterwards")
  void nothingStartsInWhatIsPausedAndEverythingThatIsDueDoesAfterwards() {
    Settled flow =
        new Settled(task("a"), twice("b"), task("c"), task("d", "a"), task("e", "d")).begin();
    flow.pause();
    flow.end("a", AttemptState.SUCCEEDED, Map.of()).end("b", AttemptState.FAILED, Map.of());
    assertThat(flow)
        .hasToString("a SUCCEEDED, b RETRYING, c RUNNING, d PENDING, e PENDING: PAUSED");
    assertThat(flow.resume())
        .hasToString("a SUCCEEDED, b ready again, c RUNNING, d ready, e PENDING: RUNNING");
    flow.pause().end("c", AttemptState.FAILED, Map.of());
    assertThat(flow.resume())
        .hasToString("a SUCCEEDED, b CANCELLED, c FAILED, d SKIPPED, e SKIPPED: FAILED");
  }

  @Test
  @DisplayName("ends an execution whose last task ended during a pause when it is resumed")
  void theLastEndInWhatIsPausedEndsTheExecutionOnceItIsResumed() {
    Settled flow = new Settled(task("a"), onFailure("tell")).begin().pause();
    flow.end("a", AttemptState.SUCCEEDED, Map.of());
    assertThat(flow).hasToString("a SUCCEEDED, tell PENDING: PAUSED");
    assertThat(flow.resume()).hasToString("a SUCCEEDED, tell SKIPPED: SUCCEEDED");
  }

  @Test
  @DisplayName("ends a cancelled execution with its last running task, in whatever state that ends")
  void whatIsCancelledEndsWithTheLastOfWhatRunsWhateverComesOfThat() {
    Settled flow =
        new Settled(task("a"), twice("b"), when("always()", "c", "a"), onFailure("d"), last("e"))
            .begin()
            .cancel();
    assertThat(flow)
        .hasToString("a RUNNING, b RUNNING, c CANCELLED, d CANCELLED, e PENDING: CANCELLING");
    flow.end("b", AttemptState.FAILED, Map.of()).end("a", AttemptState.SUCCEEDED, Map.of());
    assertThat(flow)
        .hasToString("a SUCCEEDED, b CANCELLED, c CANCELLED, d CANCELLED, e ready: CANCELLING");
    flow.succeed("e");
    assertThat(flow)
        .hasToString("a SUCCEEDED, b CANCELLED, c CANCELLED, d CANCELLED, e SUCCEEDED: CANCELLED");
    assertThat(flow.error()).isEqualTo("cancelled on request");
  }

  @Test
  @DisplayName("gives finally of a cancelled execution its own rules, and names a failure")
  void finallyOfACancelledExecutionFollowsItsOwnRulesAndAFailureIsNamed() {
    Settled flow =
        new Settled(
                task("a"),
                task("b", RetryPolicy.NONE).withStage(Stage.FINALLY),
                task("c", RetryPolicy.NONE, "b").withStage(Stage.FINALLY),
                task("d", TWICE).withStage(Stage.FINALLY))
            .begin()
            .cancel();
    flow.end("a", AttemptState.CANCELLED, Map.of());
    assertThat(flow).hasToString("a CANCELLED, b ready, c PENDING, d ready: CANCELLING");
    flow.fail("b", "d");
    assertThat(flow).hasToString("a CANCELLED, b FAILED, c SKIPPED, d ready again: CANCELLING");
    flow.succeed("d");
    assertThat(flow).hasToString("a CANCELLED, b FAILED, c SKIPPED, d SUCCEEDED: CANCELLED");
    assertThat(flow.error())
        .isEqualTo("cancelled on request; task \"b\" failed after 1 attempt: because");
  }

  @Test
  @DisplayName("makes task runs of finally ready again that were ready at the cancellation")
  void whatWasReadyOfFinallyIsMadeReadyAgain() {
    Settled flow = new Settled(task("a"), last("e"), last("f")).succeed("a");
    assertThat(flow.cancel()).hasToString("a SUCCEEDED, e ready, f ready: CANCELLING");
    assertThat(flow.succeed("e", "f"))
        .hasToString("a SUCCEEDED, e SUCCEEDED, f SUCCEEDED: CANCELLED");
  }

  @Test
  @DisplayName("cancels an execution without any attempt together with its finally")
  void anExecutionOfWhichNoAttemptHasBegunIsCancelledWithItsFinally() {
    assertThat(new Settled(task("a"), last("e")).cancel())
        .hasToString("a CANCELLED, e CANCELLED: CANCELLED");
  }

  @Test
  @DisplayName(
      "ends finally on a second cancellation: running tasks with their attempt, the others at once")
  void aSecondCancellationEndsFinally() {
    Settled flow =
        new Settled(task("a"), last("e"), task("f", TWICE, "e").withStage(Stage.FINALLY))
            .succeed("a")
            .begin()
            .cancel();
    assertThat(flow.cancel()).hasToString("a SUCCEEDED, e RUNNING, f CANCELLED: CANCELLING");
    // The worker finds that the time-out of the execution has expired.
    flow.overdue().end("e", AttemptState.CANCELLED, Map.of());
    assertThat(flow).hasToString("a SUCCEEDED, e CANCELLED, f CANCELLED: CANCELLED");
    assertThat(flow.error()).isEqualTo("cancelled on request");
  }

  @Test
  @DisplayName("on a time-out ends the tasks, and then runs on-failure and finally")
  void aTimeOutEndsTheTasksAndThenOnFailureAndFinallyRun() {
    Settled flow =
        new Settled(twice("a"), twice("b"), when("always()", "c", "a"), onFailure("d"), last("e"));
    flow.fail("a");
    flow.begin().end("a", AttemptState.CANCELLED, Map.of()).overdue();
    assertThat(flow).hasToString("a FAILED, b RUNNING, c SKIPPED, d PENDING, e PENDING: RUNNING");
    assertThat(flow.end("b", AttemptState.LOST, Map.of()))
        .hasToString("a FAILED, b FAILED, c SKIPPED, d ready, e PENDING: RUNNING");
    assertThat(flow.succeed("d", "e"))
        .hasToString("a FAILED, b FAILED, c SKIPPED, d SUCCEEDED, e SUCCEEDED: FAILED");
    assertThat(flow.error()).isEqualTo("the execution timed out");
  }

  @Test
  @DisplayName("on a time-out without a running task also fails the execution")
  void aTimeOutThatEndsNoRunningTaskMakesTheExecutionFailAllTheSame() {
    Settled flow = new Settled(task("a"), task("b", "a"), onFailure("c"), last("d")).overdue();
    assertThat(flow).hasToString("a CANCELLED, b SKIPPED, c ready, d PENDING: PENDING");
    assertThat(flow.succeed("c", "d").state()).isEqualTo(ExecutionState.FAILED);
    assertThat(flow.error()).isEqualTo("the execution timed out");
  }

  @Test
  @DisplayName("keeps the time-outs of the stages separate")
  void theTimeOutOfOneStageIsNotThatOfTheNext() {
    Settled flow =
        new Settled(
            task("a"), onFailure("b"), onFailure("c", "b"), last("d"), last("e", "d"), last("f"));
    flow.fail("a").begin().overdue();
    assertThat(flow)
        .hasToString("a FAILED, b RUNNING, c SKIPPED, d PENDING, e PENDING, f PENDING: RUNNING");
    flow.end("b", AttemptState.FAILED, Map.of());
    assertThat(flow)
        .hasToString("a FAILED, b FAILED, c SKIPPED, d ready, e PENDING, f ready: RUNNING");
    flow.succeed("d").overdue();
    assertThat(flow)
        .hasToString("a FAILED, b FAILED, c SKIPPED, d SUCCEEDED, e CANCELLED, f RUNNING: RUNNING");
    flow.end("f", AttemptState.FAILED, Map.of());
    assertThat(flow.state()).isEqualTo(ExecutionState.FAILED);
    assertThat(flow.error()).startsWith("task \"a\" failed after 1 attempt");
  }

  // ---- at random

  private static final int GRAPHS = 1_500;
  private static final int MOST_TASKS = 9;
  private static final List<Stage> STAGES =
      List.of(Stage.MAIN, Stage.MAIN, Stage.MAIN, Stage.ON_FAILURE, Stage.FINALLY);

  @Test
  @DisplayName("gives the same result for the affected task runs as for all")
  void settlingWhatAnEndHasConsequencesForIsTheSameAsSettlingEverything() {
    long first = Long.getLong("waymark.seed", 4_711L);
    for (long seed = first; seed < first + GRAPHS; seed++) {
      try {
        compare(new Random(seed));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("with -Dwaymark.seed=" + seed, e);
      }
    }
  }

  private static void compare(Random random) {
    List<TaskDefinition> tasks = graph(random);
    Settled some = new Settled(false, tasks);
    Settled all = new Settled(true, tasks);
    int disturbances = random.nextInt(3);
    for (int steps = 0; !some.state().isTerminal(); steps++) {
      assertThat(steps).as("steps of %s", some).isLessThan(200);
      if (disturbances > 0 && random.nextInt(4) == 0) {
        disturbances--;
        int which = random.nextInt(4);
        disturb(some, which);
        disturb(all, which);
      } else if (some.state() == ExecutionState.PAUSED && random.nextInt(3) == 0) {
        some.resume();
        all.resume();
      } else {
        goOn(random, some, all);
      }
      assertThat(some).hasToString(all.toString());
    }
    assertThat(some.error()).isEqualTo(all.error());
    check(tasks, some);
  }

  private static void disturb(Settled flow, int which) {
    switch (which) {
      case 0 -> flow.cancel();
      case 1 -> flow.overdue();
      default -> flow.pause();
    }
  }

  private static void goOn(Random random, Settled some, Settled all) {
    List<String> running = some.running();
    if (running.isEmpty() || random.nextBoolean()) {
      if (some.state() == ExecutionState.PAUSED) {
        some.resume();
        all.resume();
      }
      some.begin();
      all.begin();
    } else {
      String task = running.get(random.nextInt(running.size()));
      AttemptState end = end(random);
      Map<String, String> outputs =
          random.nextBoolean() ? Map.of("x", String.valueOf(random.nextInt(2))) : Map.of();
      some.end(task, end, outputs);
      all.end(task, end, outputs);
    }
  }

  private static AttemptState end(Random random) {
    return switch (random.nextInt(8)) {
      case 0, 1 -> AttemptState.FAILED;
      case 2 -> AttemptState.LOST;
      case 3 -> AttemptState.CANCELLED;
      default -> AttemptState.SUCCEEDED;
    };
  }

  private static List<TaskDefinition> graph(Random random) {
    int count = 1 + random.nextInt(MOST_TASKS);
    List<TaskDefinition> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Stage stage = i == 0 ? Stage.MAIN : STAGES.get(random.nextInt(STAGES.size()));
      List<String> needs =
          tasks.stream()
              .filter(task -> task.stage() == stage && random.nextInt(3) == 0)
              .map(task -> task.id().value())
              .toList();
      tasks.add(
          task(
                  "t" + i,
                  random.nextBoolean() ? TWICE : RetryPolicy.NONE,
                  needs.toArray(new String[0]))
              .withStage(stage)
              .withCondition(condition(random, needs)));
    }
    return tasks;
  }

  private static Condition condition(Random random, List<String> needs) {
    String kind =
        new String[] {"success()", "success()", "failure()", "always()"}[random.nextInt(4)];
    if (needs.isEmpty()) {
      return Condition.SUCCESS;
    }
    String of = needs.get(random.nextInt(needs.size()));
    String test = random.nextInt(4) == 0 ? " && needs." + of + ".outputs.x != '0'" : "";
    return Condition.parse(kind + test);
  }

  /** What is true for every execution that has ended, in any way. */
  private static void check(List<TaskDefinition> tasks, Settled flow) {
    boolean broken = false;
    boolean brokenMain = false;
    for (TaskDefinition task : tasks) {
      TaskRunPicture taskRun = flow.taskRun(task.id().value());
      assertThat(taskRun.isFinal()).as("%s of %s", task.id(), flow).isTrue();
      boolean bad = taskRun.state == TaskRunState.FAILED || taskRun.state == TaskRunState.CANCELLED;
      broken |= bad;
      brokenMain |= bad && task.stage() == Stage.MAIN;
      if (taskRun.attempt > 0) {
        assertThat(task.condition().holds(taskRun.ends())).as("%s of %s", task, flow).isTrue();
      }
    }
    for (TaskDefinition task : tasks) {
      boolean ran = flow.taskRun(task.id().value()).attempt > 0;
      assertThat(ran && task.stage() == Stage.ON_FAILURE && !brokenMain).as("%s", flow).isFalse();
    }
    if (flow.state() == ExecutionState.SUCCEEDED) {
      assertThat(broken).as("%s", flow).isFalse();
    } else if (flow.state() == ExecutionState.FAILED && !flow.error().contains("timed out")) {
      assertThat(broken).as("%s", flow).isTrue();
    }
  }
}
