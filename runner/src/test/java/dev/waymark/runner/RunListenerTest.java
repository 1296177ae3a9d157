package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static dev.waymark.runner.Flows.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.runner.api.RunListener;
import dev.waymark.runner.api.TaskRunProgress;
import dev.waymark.testkit.Await;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The calls that a display receives. */
@DisplayName("A run listener")
class RunListenerTest extends RunnerFixture {

  private static final class Recorder implements RunListener {
    final List<String> calls = new CopyOnWriteArrayList<>();
    final List<TaskRunProgress> progress = new CopyOnWriteArrayList<>();
    final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    @Override
    public void executionStarted(Execution execution, List<TaskRun> taskRuns) {
      add("execution " + execution.state() + " of " + taskRuns.size());
    }

    @Override
    public void taskRunChanged(TaskRunProgress change) {
      progress.add(change);
      add(change.taskId() + " " + change.state() + " " + change.attempt());
    }

    @Override
    public void executionEnded(Execution execution) {
      add("execution " + execution.state());
    }

    private void add(String what) {
      calls.add(what);
      threads.add(Thread.currentThread());
    }
  }

  @Test
  @DisplayName("is called for every change in order on one thread")
  void everyChangeIsHeardInOrderOnOneThread() {
    Recorder recorder = new Recorder();
    ExecutionId id =
        start(
            flow("flow")
                .task("flaky", "test $WAYMARK_ATTEMPT = 2")
                .retry(retry(2, Duration.ofMillis(10)))
                .task("bad", "exit 4", "flaky")
                .task("never", "true", "bad"));
    runner(builder().listener(recorder)).run(id);
    assertThat(recorder.calls)
        .containsExactly(
            "execution PENDING of 3",
            "flaky RUNNING 1",
            "flaky RETRYING 1",
            "flaky RUNNING 2",
            "flaky SUCCEEDED 2",
            "bad RUNNING 1",
            "bad FAILED 1",
            "never SKIPPED 0",
            "execution FAILED");
    assertThat(recorder.threads).hasSize(1);
    TaskRunProgress retrying = recorder.progress.get(1);
    assertThat(retrying.error()).isEqualTo("exited with code 1");
    assertThat(retrying.retryAt()).isEqualTo(retrying.at().plusMillis(10));
    assertThat(retrying.at()).isEqualTo(attempts(id, "flaky").get(0).endedAt());
    assertThat(recorder.progress.get(3).error()).isNull();
  }

  /**
   * Checks that each change was reported once and in order, and that no time of a task goes
   * backwards.
   *
   * @param moves how often a task run of the execution moved, according to the store
   */
  private static void assertOnceAndInOrder(Recorder recorder, long moves) {
    Map<TaskRunId, TaskRunProgress> last = new HashMap<>();
    for (TaskRunProgress each : recorder.progress) {
      TaskRunProgress before = last.put(each.taskRunId(), each);
      if (before != null) {
        assertThat(each.at()).as("%s after %s", each, before).isAfterOrEqualTo(before.at());
        assertThat(each.attempt()).isGreaterThanOrEqualTo(before.attempt());
        assertThat(each.state().name() + each.attempt())
            .as("reported twice")
            .isNotEqualTo(before.state().name() + before.attempt());
        assertThat(before.state().isTerminal()).as("%s after its end", each).isFalse();
      }
    }
    // Of several changes by others only the last may be reported.
    assertThat(recorder.progress).hasSizeLessThanOrEqualTo((int) moves);
  }

  private long moves(ExecutionId id) {
    return details(id).history().stream()
        .filter(each -> each.record().kind() == RecordKind.TASK_RUN && each.from() != null)
        .count();
  }

  @Test
  @DisplayName("is called once and in order for tasks that cannot start and their siblings")
  void cannotStart() {
    Recorder recorder = new Recorder();
    ExecutionId id =
        start(
            flow("flow")
                .task("a", "true")
                .directory("missing")
                .retry(retry(3, Duration.ofMillis(1)))
                .task("b", "true")
                .task("c", "true")
                .directory("missing")
                .task("d", "sleep 0.05")
                .task("e", "true", "a", "b", "c", "d"));
    assertThat(runner(builder().concurrency(4).listener(recorder)).run(id))
        .isEqualTo(ExecutionState.FAILED);
    assertOnceAndInOrder(recorder, moves(id));
    assertThat(recorder.calls.stream().filter(calls -> calls.startsWith("c ")).toList())
        .containsExactly("c RUNNING 1", "c FAILED 1");
  }

  @Test
  @DisplayName("is called once and in order for retries, time-outs, a pause and a cancellation")
  void manyThings() {
    Recorder recorder = new Recorder();
    Runner runner = runner(builder().concurrency(3).listener(recorder));
    ExecutionId id =
        start(
            flow("flow")
                .task("flaky", "test $WAYMARK_ATTEMPT = 3")
                .retry(retry(3, Duration.ofMillis(5)))
                .task("slow", "sleep 300")
                .timeout(Duration.ofMillis(50))
                .retry(retry(2, Duration.ofMillis(5)))
                .task("held", "touch up; while ! test -f go-on; do sleep 0.01; done")
                .task("last", "sleep 300", "held"));
    var result = runInBackground(runner, id);
    awaitFile("up");
    Runner.pause(store, id);
    touch("go-on");
    Await.until("the end of it", () -> states(id).get("held") != TaskRunState.RUNNING);
    Runner.resume(store, id);
    Runner.cancel(store, id);
    result.join();
    assertOnceAndInOrder(recorder, moves(id));
  }

  @Test
  @DisplayName("is called once and in order for a lost attempt of another worker")
  void lost() {
    Recorder recorder = new Recorder();
    ExecutionId id = start(flow("flow").task("a", "true").task("b", "true", "a"));
    Runner first = runner(builder().worker("first"));
    beginAs(first.worker(), id, "a");
    long before = moves(id);
    Runner same = runner(builder().worker("first").listener(recorder));
    assertThat(same.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertOnceAndInOrder(recorder, moves(id) - before);
    assertThat(recorder.progress).hasSize(5);
  }

  @Test
  @DisplayName("is also called for the changes of another worker")
  void whatAnotherWorkerDoesIsHeardToo() {
    Recorder recorder = new Recorder();
    ExecutionId id =
        start(
            flow("flow")
                .task("a", "touch up; while ! test -f go-on; do sleep 0.01; done")
                .task("b", "true", "a"));
    var other = runInBackground(runner(), id);
    awaitFile("up");
    var result = runInBackground(runner(builder().listener(recorder)), id);
    Await.until("the first call of the second listener", () -> !recorder.calls.isEmpty());
    touch("go-on");
    assertThat(result.join()).isEqualTo(other.join());
    assertThat(recorder.calls)
        .contains("execution RUNNING of 2", "a SUCCEEDED 1", "b SUCCEEDED 1")
        .endsWith("execution SUCCEEDED");
  }

  @Test
  @DisplayName("that throws does not affect the run")
  void aListenerThatThrowsDoesNotHarmTheRun() {
    RunListener broken =
        new RunListener() {
          @Override
          public void taskRunChanged(TaskRunProgress progress) {
            throw new IllegalStateException("broken on purpose by a test");
          }
        };
    ExecutionId id = start(flow("flow").task("a", "true").task("b", "true", "a"));
    assertThat(runner(builder().listener(broken)).run(id)).isEqualTo(ExecutionState.SUCCEEDED);
  }

  @Test
  @DisplayName("that throws does not affect those after it, and all are notified in order")
  void severalListeners() {
    List<String> calls = new CopyOnWriteArrayList<>();
    RunListener broken =
        new RunListener() {
          @Override
          public void taskRunChanged(TaskRunProgress progress) {
            calls.add("broken");
            throw new IllegalStateException("broken on purpose by a test");
          }

          @Override
          public void executionEnded(Execution execution) {
            calls.add("broken");
            throw new AssertionError("broken on purpose by a test");
          }
        };
    Recorder recorder = new Recorder();
    ExecutionId id = start(flow("flow").task("a", "true"));
    RunListener both = RunListener.all(broken, RunListener.NONE, recorder);
    Runner runner = runner(builder().listener(both).listener(new Recorder()).listener(broken));
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(recorder.calls)
        .containsExactly(
            "execution PENDING of 1", "a RUNNING 1", "a SUCCEEDED 1", "execution SUCCEEDED");
    assertThat(calls).hasSize(6);
    assertThat(RunListener.all(recorder, RunListener.NONE)).isSameAs(recorder);
    assertThat(RunListener.all()).isSameAs(RunListener.NONE);
  }

  @Test
  @DisplayName("can stop the runner, but not wait for it")
  void aListenerMayStopTheRunnerButNotWaitForIt() {
    AtomicReference<@Nullable Runner> runner = new AtomicReference<>();
    AtomicReference<@Nullable Throwable> refused = new AtomicReference<>();
    RunListener stops =
        new RunListener() {
          @Override
          public void taskRunChanged(TaskRunProgress progress) {
            Runner self = Objects.requireNonNull(runner.get());
            try {
              self.run(progress.executionId());
            } catch (IllegalStateException e) {
              refused.compareAndSet(null, e);
            }
            self.stop();
          }
        };
    ExecutionId id = start(flow("flow").task("a", "sleep 300"));
    runner.set(runner(builder().listener(stops)));
    assertThat(Objects.requireNonNull(runner.get()).run(id)).isEqualTo(ExecutionState.RUNNING);
    assertThat(refused.get()).hasMessageContaining("may not wait");
    assertThat(attemptStates(id, "a")).containsExactly("1 CANCELLED");
  }

  @Test
  @DisplayName("settings out of range are refused")
  void settingsOutOfRangeAreRefused() {
    assertThatThrownBy(() -> builder().concurrency(0).build())
        .hasMessage("concurrency is 0; it must be at least 1");
    assertThatThrownBy(() -> builder().maxLost(0).build()).hasMessageContaining("maxLost is 0");
    assertThatThrownBy(() -> builder().pollInterval(Duration.ZERO).build())
        .hasMessageContaining("pollInterval");
    assertThatThrownBy(() -> builder().grace(Duration.ofSeconds(-1)).build())
        .hasMessageContaining("grace");
    String range =
        "; it must be at least 100ms, so that it can be renewed in time, and at most 365d";
    assertThatThrownBy(() -> builder().lease(Duration.ofMillis(99)).build())
        .hasMessage("lease is 99ms" + range);
    assertThatThrownBy(() -> builder().lease(Duration.ofDays(366)).build())
        .hasMessage("lease is 366d" + range);
  }
}
