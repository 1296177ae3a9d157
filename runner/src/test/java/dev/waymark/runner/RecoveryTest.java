package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static dev.waymark.runner.Flows.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waymark.core.conflict.ConflictException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.runner.api.TaskLogs;
import dev.waymark.runner.internal.process.ProcessGroupsAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a worker finds after the death of another one. */
@DisplayName("After the death of a worker")
class RecoveryTest extends RunnerFixture {

  /** A worker of this host whose process has ended: a real process that has ended. */
  private String deadWorker() {
    try {
      Process process = new ProcessBuilder("sleep", "300").start();
      String name = ProcessGroupsAccess.worker(process);
      process.destroyForcibly().waitFor();
      return name;
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @DisplayName("its attempt is lost and the attempt with the next number runs")
  void aDeadWorkersAttemptIsLostAndTheNextNumberRuns() {
    ExecutionId id = start(flow("flow").task("a", "echo x >> runs").task("b", "true", "a"));
    String dead = deadWorker();
    beginAs(dead, id, "a");
    runner().work(true);
    assertThat(state(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "a")).containsExactly("1 LOST", "2 SUCCEEDED");
    assertThat(attempts(id, "a").get(0).error()).isEqualTo("worker " + dead + " is gone");
    assertThat(lines("runs")).hasSize(1);
  }

  @Test
  @DisplayName("a process id that is used again does not make it alive")
  void aProcessIdThatIsUsedAgainDoesNotMakeADeadWorkerLive() {
    ExecutionId id = start(flow("flow").task("a", "true"));
    beginAs(runner().worker().replaceFirst("/(\\d+)-\\d+", "/$1-1000"), id, "a");
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "a")).containsExactly("1 LOST", "2 SUCCEEDED");
  }

  @Test
  @DisplayName("live workers and workers of other hosts are not affected")
  void livingWorkersAndThoseOfOtherHostsAreLeftAlone() throws Exception {
    Process living = new ProcessBuilder("sleep", "300").start();
    try {
      for (String worker :
          new String[] {ProcessGroupsAccess.worker(living), "elsewhere/1-1", "my-worker"}) {
        ExecutionId id = start(flow("flow").task("a", "true").task("b", "true", "a"));
        beginAs(worker, id, "a");
        runner().work(true);
        assertThat(attemptStates(id, "a")).as(worker).containsExactly("1 RUNNING");
        assertThat(states(id)).containsEntry("b", TaskRunState.PENDING);
      }
    } finally {
      living.destroyForcibly();
    }
  }

  @Test
  @DisplayName("an execution of a live worker is waited for, and recovered when that worker dies")
  void aLivingWorkersExecutionIsWaitedForAndTakenOverWhenItDies() throws Exception {
    Process living = new ProcessBuilder("sleep", "300").start();
    ExecutionId id = start(flow("flow").task("a", "true").task("b", "true", "a"));
    AttemptId attempt = beginAs(ProcessGroupsAccess.worker(living), id, "a");
    var result = runInBackground(runner(), id);
    ExecutionId second = start(flow("flow").task("a", "true"));
    assertThat(runner().run(second)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(store.attempt(attempt)).matches(a -> a != null && a.state() == AttemptState.RUNNING);
    living.destroyForcibly().waitFor();
    assertThat(result.get(60, TimeUnit.SECONDS)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "a")).containsExactly("1 LOST", "2 SUCCEEDED");
  }

  @Test
  @DisplayName("an earlier life of a worker with a fixed name is recovered")
  void anEarlierLifeOfAWorkerWithAFixedNameIsRecovered() {
    ExecutionId id = start(flow("flow").task("a", "true"));
    beginAs("worker-7", id, "a");
    assertThat(runner(builder().worker("worker-7")).run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "a")).containsExactly("1 LOST", "2 SUCCEEDED");
  }

  private void noteAlive(String worker, String process) {
    store.commit(
        ChangeSet.builder()
            .keepWorker(worker, new UUID(1, 1), Duration.ofHours(1), Map.of("process", process))
            .build());
  }

  @Test
  @DisplayName("a worker with a fixed name starts again at once if its process has ended")
  void oneWithAFixedNameBeginsAgainAtOnceWhereItsProcessHasEnded() {
    ExecutionId id = start(flow("flow").task("a", "true"));
    noteAlive("worker-7", deadWorker());
    beginAs("worker-7", id, "a");
    Runner again = runner(builder().worker("worker-7"));
    assertThat(again.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "a")).containsExactly("1 LOST", "2 SUCCEEDED");
  }

  @Test
  @DisplayName("a worker with a fixed name is refused while its process may be alive")
  void oneWithAFixedNameIsRefusedWhileItsProcessMayLive() throws Exception {
    Process living = new ProcessBuilder("sleep", "300").start();
    try {
      for (String process :
          new String[] {ProcessGroupsAccess.worker(living), "elsewhere/1-1", "anything"}) {
        ExecutionId id = start(flow("flow").task("a", "true"));
        noteAlive("of " + process, process);
        Runner second = runner(builder().worker("of " + process));
        assertThatThrownBy(() -> second.run(id))
            .as(process)
            .isInstanceOf(ConflictException.class)
            .hasMessageContaining("no other living worker with this name");
      }
    } finally {
      living.destroyForcibly();
    }
  }

  @Test
  @DisplayName("a fixed name is not taken from another runner of the same process")
  void aFixedNameIsNotTakenFromAnotherRunnerOfTheSameProcess() {
    ExecutionId id = start(flow("flow").task("a", "touch up; sleep 300"));
    Runner first = runner(builder().worker("worker-7"));
    var result = runInBackground(first, id);
    awaitFile("up");
    assertThat(store.workers().get(0).info()).containsKey("process");
    Runner second = runner(builder().worker("worker-7"));
    assertThatThrownBy(() -> second.run(id)).isInstanceOf(ConflictException.class);
    Runner.cancel(store, id);
    assertThat(result.join()).isEqualTo(ExecutionState.CANCELLED);
  }

  @Test
  @DisplayName("a task that loses its workers too often fails")
  void aTaskThatLosesItsWorkersTooOftenFails() {
    ExecutionId id = start(flow("flow").task("a", "true").task("b", "true", "a"));
    for (int i = 1; i < 5; i++) {
      AttemptId attempt = beginAs(deadWorker(), id, "a");
      store.commit(
          ChangeSet.builder()
              .updateAttempt(attempt, AttemptState.LOST, "gone")
              .updateTaskRun(attempt.taskRunId(), TaskRunState.RETRYING)
              .build());
    }
    String dead = deadWorker();
    beginAs(dead, id, "a");
    assertThat(runner().run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(error(id))
        .isEqualTo("task \"a\" failed after 5 attempts: worker " + dead + " is gone");
    assertThat(states(id)).isEqualTo(Map.of("a", TaskRunState.FAILED, "b", TaskRunState.SKIPPED));
  }

  @Test
  @DisplayName("a lost attempt does not count as failed, nor a failed one as lost")
  void aLostAttemptDoesNotCountAsFailedNorAFailedOneAsLost() {
    ExecutionId id =
        start(
            flow("flow")
                .task("a", "test $WAYMARK_ATTEMPT = 3")
                .retry(retry(2, Duration.ofMillis(1))));
    beginAs(deadWorker(), id, "a");
    assertThat(runner(builder().maxLost(2)).run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "a")).containsExactly("1 LOST", "2 FAILED", "3 SUCCEEDED");
  }

  @Test
  @DisplayName("its cancelling execution is finished")
  void aDeadWorkersCancellingExecutionIsFinished() {
    ExecutionId id = start(flow("flow").task("a", "true").task("b", "true"));
    beginAs(deadWorker(), id, "a");
    assertThat(Runner.cancel(store, id)).isEqualTo(ExecutionState.CANCELLING);
    runner().work(true);
    assertThat(state(id)).isEqualTo(ExecutionState.CANCELLED);
    assertThat(attemptStates(id, "a")).containsExactly("1 LOST");
    assertThat(states(id).values()).containsOnly(TaskRunState.CANCELLED);
  }

  @Test
  @DisplayName("an execution whose tasks have all ended is ended")
  void anExecutionWhoseTasksHaveAllEndedIsEnded() {
    ExecutionId id = start(flow("flow").task("a", "true"));
    end(id, "a", AttemptState.SUCCEEDED, TaskRunState.SUCCEEDED, null);
    assertThat(state(id)).isEqualTo(ExecutionState.RUNNING);
    runner().work(true);
    assertThat(state(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "a")).hasSize(1);
  }

  @Test
  @DisplayName("task runs that its failure should have skipped are skipped")
  void whatAFailureLeftPendingIsSkipped() {
    ExecutionId id =
        start(flow("flow").task("a", "true").task("b", "true", "a").task("c", "touch c"));
    end(id, "a", AttemptState.FAILED, TaskRunState.FAILED, "exited with code 9");
    assertThat(runner().run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(states(id))
        .isEqualTo(
            Map.of("a", TaskRunState.FAILED, "b", TaskRunState.SKIPPED, "c", TaskRunState.SKIPPED));
    assertThat(error(id)).isEqualTo("task \"a\" failed after 1 attempt: exited with code 9");
    assertThat(folder.resolve("c")).doesNotExist();
  }

  @Test
  @DisplayName("the pause of a retry that began before lasts to its end")
  void aPauseThatBeganBeforeTheWorkerDiedIsServedToItsEnd() {
    ExecutionId id = start(flow("flow").task("a", "true").retry(retry(2, Duration.ofMillis(700))));
    AttemptId attempt =
        store
            .claim(ClaimRequest.of(deadWorker(), 1, Duration.ofHours(1)))
            .claimed()
            .get(0)
            .attempt()
            .id();
    store.commit(
        ChangeSet.builder()
            .updateAttempt(attempt, AttemptState.FAILED, 1, "exited with code 1")
            .updateTaskRun(attempt.taskRunId(), TaskRunState.RETRYING)
            .build());
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(
            Duration.between(
                attempts(id, "a").get(0).endedAt(), attempts(id, "a").get(1).startedAt()))
        .isGreaterThanOrEqualTo(Duration.ofMillis(700));
  }

  private void end(
      ExecutionId id, String task, AttemptState state, TaskRunState then, @Nullable String error) {
    AttemptId attempt = beginAs(deadWorker(), id, task);
    store.commit(
        ChangeSet.builder()
            .updateAttempt(attempt, state, error)
            .updateTaskRun(attempt.taskRunId(), then)
            .build());
  }

  @Test
  @DisplayName("its remaining processes are ended before the next attempt starts")
  void theProcessesThatADeadWorkerLeftAreEndedBeforeTheNextAttemptStarts() throws Exception {
    ExecutionId id =
        start(flow("flow").task("a", "! grep -qs 'State:.[RSD]' /proc/$(cat orphan)/status"));
    beginAs(deadWorker(), id, "a");
    Path log = new TaskLogs(folder.resolve("logs")).path(id, new TaskId("a"), 1);
    Files.createDirectories(log.getParent());
    // As an attempt of the dead worker would leave: a leader that has ended and a child in its
    // group that continues.
    ProcessBuilder left =
        new ProcessBuilder(
                "setsid",
                "sh",
                "-c",
                "echo $$ > \"$0\"; sleep 300 & echo $! > orphan.new; mv orphan.new orphan",
                log.resolveSibling("a.1.pid").toString())
            .directory(folder.toFile());
    left.environment().put("WAYMARK_TASK_RUN_ID", taskRun(id, "a").id().toString());
    left.environment().put("WAYMARK_ATTEMPT", "1");
    Process orphan = left.start();
    awaitFile("orphan");
    orphan.waitFor();
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    long child = Long.parseLong(read("orphan").strip());
    assertThat(ProcessGroupsAccess.runs(child)).isFalse();
    assertThat(log.resolveSibling("a.1.pid")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ": > \"$0\"",
        "echo 0 > \"$0\"",
        "echo -1 > \"$0\"",
        "head -c 1000000 /dev/zero > \"$0\"",
        "rm \"$0\"; mkfifo \"$0\"",
        "rm \"$0\"; mkdir \"$0\"",
      })
  @DisplayName("an invalid pid file hides no process on Linux")
  void aPidFileThatSaysNothingOfUseHidesNoProcessOnLinux(String damage) throws Exception {
    assumeTrue(Files.isReadable(Path.of("/proc/self/stat")), "only Linux tells whose a process is");
    ExecutionId id =
        start(flow("flow").task("a", "! grep -qs 'State:.[RSD]' /proc/$(cat orphan)/status"));
    beginAs(deadWorker(), id, "a");
    Path log = new TaskLogs(folder.resolve("logs")).path(id, new TaskId("a"), 1);
    Files.createDirectories(log.getParent());
    ProcessBuilder left =
        new ProcessBuilder(
                "setsid",
                "sh",
                "-c",
                "touch \"$0\"; " + damage + "; echo $$ > new; mv new orphan; sleep 300",
                log.resolveSibling("a.1.pid").toString())
            .directory(folder.toFile());
    left.environment().put("WAYMARK_TASK_RUN_ID", taskRun(id, "a").id().toString());
    left.environment().put("WAYMARK_ATTEMPT", "1");
    Process orphan = left.start();
    awaitFile("orphan");
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(orphan.waitFor()).isEqualTo(137);
  }

  @Test
  @DisplayName("a group id that is used again is not signalled")
  void aGroupIdThatIsUsedAgainIsNotTouched() throws Exception {
    ExecutionId id = start(flow("flow").task("a", "true"));
    beginAs(deadWorker(), id, "a");
    Path pidFile =
        new TaskLogs(folder.resolve("logs")).path(id, new TaskId("a"), 1).resolveSibling("a.1.pid");
    Files.createDirectories(pidFile.getParent());
    // Its leader has ended: only the environment identifies the group.
    Process leader =
        new ProcessBuilder("setsid", "sh", "-c", "sleep 300 & echo $! > new; mv new other")
            .directory(folder.toFile())
            .start();
    awaitFile("other");
    leader.waitFor();
    Files.writeString(pidFile, leader.pid() + "\n");
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    ProcessHandle other = ProcessHandle.of(Long.parseLong(read("other").strip())).orElseThrow();
    assertThat(other.isAlive()).isTrue();
    other.destroyForcibly();
  }

  @Test
  @DisplayName("a shell that begins after its attempt was marked as lost does not run the script")
  void aShellThatBeginsAfterItsAttemptWasTakenForLostDoesNotRunTheScript() throws Exception {
    ExecutionId id = start(flow("flow").task("a", "true"));
    beginAs(deadWorker(), id, "a");
    Path pidFile =
        new TaskLogs(folder.resolve("logs")).path(id, new TaskId("a"), 1).resolveSibling("a.1.pid");
    Files.createDirectories(pidFile.getParent());
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(ProcessGroupsAccess.runScript("touch ran", folder, pidFile)).isNotZero();
    assertThat(folder.resolve("ran")).doesNotExist();
    Files.delete(pidFile);
    assertThat(ProcessGroupsAccess.runScript("echo > ran; echo > ran", folder, pidFile)).isZero();
    assertThat(folder.resolve("ran")).exists();
  }

  @Test
  @DisplayName("a worker whose attempt was taken ends its process and discards its result")
  void aWorkerWhoseAttemptWasTakenEndsItsProcessAndDiscardsItsResult() {
    ExecutionId id =
        start(
            flow("flow")
                .task(
                    "a",
                    "test $WAYMARK_ATTEMPT = 1 || exit 0; touch up; while :; do sleep 0.02; done"));
    Runner runner = runner();
    var result = runInBackground(runner, id);
    awaitFile("up");
    // What another worker does that takes this one for dead.
    AttemptId attempt = attempts(id, "a").get(0).id();
    store.commit(
        ChangeSet.builder()
            .updateAttempt(attempt, AttemptState.LOST, "taken for dead")
            .updateTaskRun(attempt.taskRunId(), TaskRunState.RETRYING)
            .build());
    assertThat(result.join()).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "a")).containsExactly("1 LOST", "2 SUCCEEDED");
    runner.stop();
    assertThat(attemptStates(id, "a")).containsExactly("1 LOST", "2 SUCCEEDED");
  }
}
