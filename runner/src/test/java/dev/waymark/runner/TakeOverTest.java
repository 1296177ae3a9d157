package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static dev.waymark.runner.Flows.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.conflict.LeaseLostException;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Standing;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.api.TaskHandler;
import dev.waymark.runner.api.TaskLogs;
import dev.waymark.runner.internal.process.ProcessGroupsAccess;
import dev.waymark.testkit.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Workers that take over the work of others, of which they know only that the lease has expired.
 */
@DisplayName("One of several workers")
class TakeOverTest extends RunnerFixture {
  private static final String ELSEWHERE = "elsewhere/1-1";

  private void use(boolean sqlite) {
    if (sqlite) {
      store = openSqlite();
    }
  }

  /** As a worker of another machine would leave it that dies at once. */
  private AttemptId claimElsewhere(String pool, Duration lease) {
    return store
        .claim(new ClaimRequest(ELSEWHERE, 1, lease, Set.of(pool)))
        .claimed()
        .get(0)
        .attempt()
        .id();
  }

  @ParameterizedTest(name = "sqlite: {0}")
  @ValueSource(booleans = {false, true})
  @DisplayName("takes the work of another one only after its lease has expired")
  void oneTakesUpWhatAnotherHasLeftButNotBeforeItsLeaseIsOver(boolean sqlite) {
    use(sqlite);
    ExecutionId id = start(flow("flow").task("a", "echo x >> runs").task("b", "true", "a"));
    Duration lease = Duration.ofMillis(700);
    claimElsewhere("default", lease);
    // It may be alive, so a worker that runs until it is idle does not wait for it.
    runner().work(true);
    assertThat(attemptStates(id, "a")).containsExactly("1 RUNNING");
    var unused = workInBackground(runner());
    Await.until("the end", () -> state(id) == ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "a")).containsExactly("1 LOST", "2 SUCCEEDED");
    List<Attempt> attempts = attempts(id, "a");
    assertThat(attempts.get(0).error())
        .isEqualTo("lease expired: worker " + ELSEWHERE + " stopped renewing it");
    assertThat(Duration.between(attempts.get(0).startedAt(), attempts.get(1).startedAt()))
        .isGreaterThanOrEqualTo(lease);
    assertThat(lines("runs")).hasSize(1);
  }

  @Test
  @DisplayName("that waits for an execution takes over what another one has left of it")
  void oneThatWaitsForAnExecutionTakesUpWhatAnotherHasLeftOfIt() {
    ExecutionId id = start(flow("flow").task("a", "true").task("b", "true", "a"));
    claimElsewhere("default", Duration.ofMillis(300));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "a")).containsExactly("1 LOST", "2 SUCCEEDED");
  }

  @Test
  @DisplayName("that cannot run a task itself records that its worker is lost")
  void oneThatCannotRunATaskItselfTakesNoteThatItsWorkerIsLost() {
    ExecutionId id =
        start(
            flow("flow")
                .task("a", "true")
                .pool("far")
                .retry(retry(9, Duration.ofMillis(1)))
                .task("b", "true", "a"));
    Runner runner = runner(builder().maxLost(3));
    var result = runInBackground(runner, id);
    for (int lost = 1; lost <= 3; lost++) {
      AttemptId attempt = claimElsewhere("far", Duration.ofMillis(100));
      assertThat(attempt.number()).isEqualTo(lost);
      Await.until(
          "the end of the lost attempt", () -> taskRun(id, "a").state() != TaskRunState.RUNNING);
    }
    assertThat(result.join()).isEqualTo(ExecutionState.FAILED);
    assertThat(attemptStates(id, "a")).containsExactly("1 LOST", "2 LOST", "3 LOST");
    assertThat(error(id))
        .isEqualTo(
            "task \"a\" failed after 3 attempts: lease expired: worker elsewhere/1-1 stopped"
                + " renewing it");
    assertThat(states(id)).containsEntry("b", TaskRunState.SKIPPED);
  }

  @Test
  @DisplayName("ends the remaining processes of another one before it starts the next attempt")
  void oneEndsTheProcessesThatAnotherHasLeftBeforeItBeginsAnew() throws Exception {
    ExecutionId id =
        start(flow("flow").task("a", "! grep -qs 'State:.[RSD]' /proc/$(cat orphan)/status"));
    claimElsewhere("default", Duration.ofMillis(300));
    Path log = new TaskLogs(folder.resolve("logs")).path(id, new TaskId("a"), 1);
    Files.createDirectories(log.getParent());
    ProcessBuilder left =
        new ProcessBuilder(
                "setsid",
                "sh",
                "-c",
                "echo $$ > \"$0\"; sleep 300 & echo $! > orphan.new; mv orphan.new orphan; wait",
                log.resolveSibling("a.1.pid").toString())
            .directory(folder.toFile());
    left.environment().put("WAYMARK_TASK_RUN_ID", taskRun(id, "a").id().toString());
    left.environment().put("WAYMARK_ATTEMPT", "1");
    Process orphan = left.start();
    awaitFile("orphan");
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "a")).containsExactly("1 LOST", "2 SUCCEEDED");
    assertThat(orphan.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(ProcessGroupsAccess.runs(Long.parseLong(read("orphan").strip()))).isFalse();
  }

  @Test
  @DisplayName("that continues after its lease was taken writes nothing")
  void oneThatComesBackAfterItsLeaseWasOverAndTakenWritesNothing() {
    ExecutionId id = start(flow("flow").task("a", "true"));
    AttemptId first = claimElsewhere("default", Duration.ofMillis(100));
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    for (ChangeSet late :
        List.of(
            ChangeSet.builder().renewLease(first, Duration.ofHours(1)).build(),
            ChangeSet.builder()
                .updateAttempt(first, AttemptState.FAILED, 1, "late")
                .updateTaskRun(new AttemptId(first.taskRunId(), 1), TaskRunState.FAILED)
                .build())) {
      assertThatThrownBy(() -> store.commit(late)).isInstanceOf(LeaseLostException.class);
    }
    assertThat(attemptStates(id, "a")).containsExactly("1 LOST", "2 SUCCEEDED");
  }

  @ParameterizedTest(name = "sqlite: {0}")
  @ValueSource(booleans = {false, true})
  @DisplayName("that ends a last task together with another one ends the execution once")
  void twoThatEndTheLastTasksAtTheSameMomentEndTheExecutionOnce(boolean sqlite) {
    use(sqlite);
    StateStore first = store;
    CyclicBarrier together = new CyclicBarrier(2);
    TaskHandler handler = context -> together.await(30, TimeUnit.SECONDS);
    List<CompletableFuture<Void>> works =
        Stream.of(0, 1)
            .map(
                i -> {
                  store = sqlite ? openSqlite() : first;
                  return workInBackground(
                      runner(builder().concurrency(1).handler("meet", handler)));
                })
            .toList();
    store = first;
    for (int round = 0; round < 50; round++) {
      ExecutionId id = start(flow("flow").task("a", "").uses("meet").task("b", "").uses("meet"));
      Await.until("round " + round, () -> state(id).isTerminal());
      assertThat(state(id)).isEqualTo(ExecutionState.SUCCEEDED);
      assertThat(attemptStates(id, "a")).containsExactly("1 SUCCEEDED");
      assertThat(attemptStates(id, "b")).containsExactly("1 SUCCEEDED");
      assertThat(
              details(id).history().stream()
                  .filter(move -> move.record().kind() == RecordKind.EXECUTION))
          .extracting(move -> String.valueOf(move.to()))
          .containsExactly("PENDING", "RUNNING", "SUCCEEDED");
    }
    assertThat(works).noneMatch(CompletableFuture::isDone);
  }

  @ParameterizedTest(name = "sqlite: {0}")
  @ValueSource(booleans = {false, true})
  @DisplayName("that shares a wide execution with another one runs each task once")
  void twoShareAWideExecutionAndEachTaskRunsOnce(boolean sqlite) {
    use(sqlite);
    Flows.Flow flow = flow("flow").task("root", "").uses("note");
    for (int i = 0; i < 30; i++) {
      flow.task("m" + i, "", "root").uses("note").task("l" + i, "", "m" + i).uses("note");
    }
    List<String> ran = Collections.synchronizedList(new ArrayList<>());
    TaskHandler handler = context -> ran.add(context.taskId().value());
    ExecutionId id = start(flow);
    StateStore first = store;
    Runner one = runner(builder().concurrency(3).handler("note", handler));
    store = sqlite ? openSqlite() : first;
    Runner two = runner(builder().concurrency(3).handler("note", handler));
    var result = runInBackground(one, id);
    assertThat(two.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(result.join()).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(ran).hasSize(61).doesNotHaveDuplicates();
  }

  @Test
  @DisplayName("finishes an execution that another one has left between two steps")
  void oneFinishesWhatAnotherLeftBetweenTwoSteps() {
    ExecutionId id = start(flow("flow").task("a", "true").task("b", "touch b", "a"));
    var work = workInBackground(runner());
    Await.until("the end of the execution", () -> state(id).isTerminal());

    ExecutionId left = start(flow("left").task("a", "true").pool("far").task("b", "touch c", "a"));
    AttemptId attempt = claimElsewhere("far", Duration.ofHours(1));
    // The worker has received the answer that others have written, must read again, and has died.
    store.commit(
        ChangeSet.builder()
            .updateAttempt(attempt, AttemptState.SUCCEEDED, 0)
            .updateTaskRun(new AttemptId(attempt.taskRunId(), 1), TaskRunState.SUCCEEDED)
            .settleExecution(left, new Standing(2, ExecutionState.RUNNING, 0, 2))
            .build());
    Await.until("the end", () -> state(left).isTerminal());
    assertThat(state(left)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(work).isNotDone();
  }

  @Test
  @DisplayName("does not mark its own new attempt as lost")
  void noneTakesWhatItHasJustClaimedItselfForLost() {
    Flows.Flow flow = flow("flow");
    for (int i = 0; i < 3; i++) {
      flow.task("bad" + i, "true").directory("nowhere").retry(retry(2, Duration.ofMillis(1)));
      flow.task("good" + i, "true");
    }
    ExecutionId id = start(flow.task("skipped", "true", "good0"));
    StateStore real = store;
    AtomicBoolean once = new AtomicBoolean();
    // The first attempt that ends finds that others have written, so everything is settled.
    store =
        new FaultyStore(
                real,
                false,
                changes -> {
                  boolean ends =
                      changes.changes().stream()
                          .anyMatch(change -> change instanceof Change.UpdateAttempt);
                  if (ends && !once.getAndSet(true)) {
                    real.updateTaskRun(taskRun(id, "skipped").id(), TaskRunState.SKIPPED, 1);
                  }
                  return false;
                })
            .asStore();
    assertThat(runner(builder().concurrency(6)).run(id)).isEqualTo(ExecutionState.FAILED);
    for (int i = 0; i < 3; i++) {
      assertThat(attemptStates(id, "good" + i)).containsExactly("1 SUCCEEDED");
    }
  }
}
