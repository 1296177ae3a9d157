package dev.waymark.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.runner.api.TaskContext;
import dev.waymark.testkit.Await;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Handlers that must end before they return. */
@DisplayName("A handler that must end")
class HandlerInterruptTest extends HandlerFixture {
  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch never = new CountDownLatch(1);

  private void waitForEver(TaskContext context) throws InterruptedException {
    entered.countDown();
    never.await();
  }

  @Test
  @DisplayName("is interrupted after its time-out")
  void itIsInterruptedWhenItsTimeIsOver() {
    ExecutionId id = start(one().timeout(Duration.ofMillis(50)));
    assertThat(with(this::waitForEver).run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(attemptStates(id, "a")).containsExactly("1 FAILED");
    assertThat(errorOfAttempt(id)).isEqualTo("timed out after 50ms");
    assertThat(log(id, 1)).contains("InterruptedException");
  }

  @Test
  @DisplayName("is interrupted when its execution is cancelled")
  void itIsInterruptedWhenItsExecutionIsCancelled() throws Exception {
    ExecutionId id = start(one());
    var result = runInBackground(with(this::waitForEver), id);
    entered.await();
    Runner.cancel(store, id);
    assertThat(result.join()).isEqualTo(ExecutionState.CANCELLED);
    assertThat(attemptStates(id, "a")).containsExactly("1 CANCELLED");
    assertThat(errorOfAttempt(id)).isEqualTo("cancelled");
  }

  @Test
  @DisplayName("is interrupted when its worker stops, and the next worker calls it again")
  void itIsInterruptedWhenItsWorkerStopsAndTheNextOneCallsItAgain() throws Exception {
    ExecutionId id = start(one());
    Runner runner = with(this::waitForEver);
    var result = runInBackground(runner, id);
    entered.await();
    runner.stop();
    assertThat(result.join()).isEqualTo(ExecutionState.RUNNING);
    assertThat(states(id)).containsEntry("a", TaskRunState.RETRYING);
    assertThat(errorOfAttempt(id)).isEqualTo("worker stopped");
    with(context -> {}).work(true);
    assertThat(attemptStates(id, "a")).containsExactly("1 CANCELLED", "2 SUCCEEDED");
  }

  @Test
  @DisplayName("keeps the log lines that it writes after its interrupt")
  void whatItLogsOnceItIsInterruptedIsKept() throws Exception {
    ExecutionId id = start(one());
    Runner runner =
        with(
            context -> {
              context.log("begin");
              entered.countDown();
              while (!context.isStopped() || !Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
              }
              context.log("tidying up");
              context.log("done");
            });
    var result = runInBackground(runner, id);
    entered.await();
    Runner.cancel(store, id);
    assertThat(result.join()).isEqualTo(ExecutionState.CANCELLED);
    assertThat(log(id, 1)).isEqualTo("begin\ntidying up\ndone\n");
  }

  @Test
  @DisplayName("has succeeded if it returns normally after its interrupt")
  void oneThatEndsWellWhenItIsAskedToHasSucceeded() throws Exception {
    ExecutionId id = start(one());
    Runner runner =
        with(
            context -> {
              try {
                waitForEver(context);
              } catch (InterruptedException e) {
                context.output("stopped", String.valueOf(context.isStopped()));
              }
            });
    var result = runInBackground(runner, id);
    entered.await();
    runner.stop();
    assertThat(result.join()).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(store.executionProgress(id))
        .satisfies(
            progress ->
                assertThat(progress.taskRuns().get(0).outputs())
                    .isEqualTo(Map.of("stopped", "true")));
  }

  @Test
  @DisplayName("is abandoned after the grace time if it ignores the interrupt")
  void oneThatIgnoresTheInterruptIsGivenUpAfterTheGraceTime() throws Exception {
    ExecutionId id = start(one());
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    Runner runner =
        runner(
            builder()
                .grace(Duration.ofMillis(100))
                .handler(
                    "it",
                    context -> {
                      threads.add(Thread.currentThread());
                      while (never.getCount() > 0) {
                        try {
                          waitForEver(context);
                        } catch (InterruptedException e) {
                          context.log("no");
                        }
                      }
                      context.output("late", "1");
                    }));
    var result = runInBackground(runner, id);
    entered.await();
    Runner.cancel(store, id);
    assertThat(result.join()).isEqualTo(ExecutionState.CANCELLED);
    assertThat(threads).allMatch(Thread::isAlive).hasSize(1);
    never.countDown();
    Await.until("the end of the thread", () -> threads.stream().noneMatch(Thread::isAlive));
    assertThat(store.executionProgress(id))
        .satisfies(progress -> assertThat(progress.taskRuns().get(0).outputs()).isEmpty());
    nothingIsLive(id);
  }

  @Test
  @DisplayName("takes no thread from later handlers when it was abandoned")
  void anAbandonedOneTakesNoThread() throws Exception {
    ExecutionId first = start(one());
    Runner runner =
        runner(
            builder()
                .concurrency(1)
                .grace(Duration.ofMillis(100))
                .handler(
                    "it",
                    context -> {
                      while (context.executionId().equals(first) && never.getCount() > 0) {
                        try {
                          waitForEver(context);
                        } catch (InterruptedException e) {
                          context.log("no");
                        }
                      }
                    }));
    var result = runInBackground(runner, first);
    entered.await();
    Runner.cancel(store, first);
    assertThat(result.join()).isEqualTo(ExecutionState.CANCELLED);
    ExecutionId second = start(one());
    assertThat(runInBackground(runner, second).join()).isEqualTo(ExecutionState.SUCCEEDED);
    never.countDown();
    ExecutionId third = start(one());
    assertThat(runInBackground(runner, third).join()).isEqualTo(ExecutionState.SUCCEEDED);
  }
}
