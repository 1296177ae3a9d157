package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.testkit.Await;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How a runner reacts to changes that it would not make itself. */
@DisplayName("Changes by other programs")
class OtherProgramsTest extends RunnerFixture {
  private static final String UNTIL_GO_ON = "touch up; while ! test -f go-on; do sleep 0.01; done";

  @Test
  @DisplayName("a paused execution starts nothing until it is resumed")
  void aPausedExecutionStartsNothingUntilItRunsAgain() {
    ExecutionId id = start(flow("flow").task("a", UNTIL_GO_ON).task("b", "touch b", "a"));
    var result = runInBackground(runner(), id);
    awaitFile("up");
    store.updateExecution(id, ExecutionState.PAUSED, details(id).execution().version());
    ExecutionId other = start(flow("other").task("a", "true"));
    runner().work(true);
    assertThat(state(other)).isEqualTo(ExecutionState.SUCCEEDED);
    touch("go-on");
    Await.until("the end of a", () -> states(id).get("a") == TaskRunState.SUCCEEDED);
    assertThat(state(id)).isEqualTo(ExecutionState.PAUSED);
    store.updateExecution(id, ExecutionState.RUNNING, details(id).execution().version());
    assertThat(result.join()).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(folder.resolve("b")).exists();
  }

  @Test
  @DisplayName("an execution that is paused when its first task starts does not start it")
  void anExecutionThatIsPausedJustAsItsFirstTaskStartsDoesNotStartIt() {
    ExecutionId id = start(flow("flow").task("a", "touch a"));
    StateStore real = store;
    AtomicBoolean paused = new AtomicBoolean();
    store =
        new FaultyStore(real, false, changes -> false)
            .beforeClaims(
                () -> {
                  if (!paused.getAndSet(true)) {
                    real.updateExecution(id, ExecutionState.PAUSED, 1);
                  }
                })
            .asStore();
    Runner runner = runner();
    var result = runInBackground(runner, id);
    Await.until("the pause", () -> state(id) == ExecutionState.PAUSED);
    runner.work(true);
    assertThat(states(id)).containsEntry("a", TaskRunState.PENDING);
    assertThat(folder.resolve("a")).doesNotExist();
    Runner.resume(store, id);
    assertThat(result.join()).isEqualTo(ExecutionState.SUCCEEDED);
  }

  @Test
  @DisplayName("a skipped task also skips those that need it, and the others run")
  void aTaskThatWasSkippedOnPurposeTakesThoseThatNeedItWithIt() {
    ExecutionId id =
        start(
            flow("flow")
                .task("c", "true", "b")
                .task("b", "true", "a")
                .task("a", "true")
                .task("d", "touch d"));
    store.updateTaskRun(taskRun(id, "a").id(), TaskRunState.SKIPPED, 1);
    assertThat(runner().run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(states(id))
        .isEqualTo(
            Map.of(
                "a", TaskRunState.SKIPPED,
                "b", TaskRunState.SKIPPED,
                "c", TaskRunState.SKIPPED,
                "d", TaskRunState.SUCCEEDED));
  }

  @Test
  @DisplayName("a cancelled task run fails its execution")
  void aTaskRunThatWasCancelledFailsItsExecution() {
    ExecutionId id = start(flow("flow").task("a", "true").task("b", "true"));
    store.updateTaskRun(taskRun(id, "a").id(), TaskRunState.CANCELLED, 1);
    assertThat(runner().run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(error(id)).isEqualTo("task \"a\" was cancelled");
    assertThat(states(id)).containsEntry("b", TaskRunState.SKIPPED);
  }

  @Test
  @DisplayName("an execution waits for a task run that another program has added")
  void aTaskRunThatAnotherProgramAddedIsWaitedFor() {
    ExecutionId id = start(flow("flow").task("a", UNTIL_GO_ON));
    var result = runInBackground(runner(), id);
    awaitFile("up");
    TaskRunId added = new TaskRunId(new UUID(9, 9));
    store.createTaskRun(new NewTaskRun(added, id, new TaskId("added")));
    touch("go-on");
    Await.until("the end of a", () -> states(id).get("a") == TaskRunState.SUCCEEDED);
    assertThat(state(id)).isEqualTo(ExecutionState.RUNNING);
    store.updateTaskRun(added, TaskRunState.SKIPPED, 1);
    assertThat(result.join()).isEqualTo(ExecutionState.SUCCEEDED);
  }

  @Test
  @DisplayName("an execution that is deleted while a worker has it as due can be created again")
  void deletedWhileDue() {
    ExecutionId id = new ExecutionId(new UUID(7, 7));
    StateStore real = store;
    AtomicBoolean deleted = new AtomicBoolean();
    var workflow = flow("flow").task("a", "touch a").save(real);
    store =
        new FaultyStore(real, false, changes -> false)
            .afterClaims(
                claims -> {
                  if (!claims.due().isEmpty() && !deleted.getAndSet(true)) {
                    real.updateExecution(id, ExecutionState.CANCELLED, 1);
                    real.commit(ChangeSet.builder().deleteExecution(id).build());
                  }
                })
            .asStore();
    real.commit(
        ChangeSet.builder()
            .createExecution(new NewExecution(id, workflow))
            .markDue(id, DueReason.SETTLE, Duration.ZERO)
            .build());
    Runner runner = runner();
    runner.work(true);
    assertThat(deleted).isTrue();
    ExecutionId again =
        runner.start(StartRequest.builder(workflow).executionId(id).directory(folder).build());
    assertThat(again).isEqualTo(id);
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(folder.resolve("a")).exists();
  }
}
