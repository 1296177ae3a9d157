package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.JavaProcess;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Executions of thousands of tasks. */
@DisplayName("An execution of many tasks")
class BigWorkflowTest extends RunnerFixture {
  /** The default of the build; 10,000 with -Dwaymark.bigTasks=10000. */
  private static final int TASKS = Integer.getInteger("waymark.bigTasks", 2_000);

  /** Additional queries that return task runs. */
  private static final Set<String> LISTS =
      Set.of("taskRuns", "taskRunProgress", "executionDetails");

  /** 10,000 tasks have 256 MiB. */
  private static final int HEAP_MIB = Math.max(64, TASKS * 256 / 10_000);

  @Test
  @Timeout(1_800)
  @DisplayName("runs in a heap of 256 MiB per 10,000 tasks, even if one of them needs all others")
  void runsInASmallHeap() {
    try (JavaProcess process =
        JavaProcess.start(
            List.of("-Xmx" + HEAP_MIB + "m"),
            BigWorkflow.class,
            folder.toString(),
            Integer.toString(TASKS))) {
      List<String> output = process.readLines();
      assertThat(process.waitFor()).as("exit code with output: %s", output).isZero();
      assertThat(output).contains("received " + (TASKS - 1), "SUCCEEDED");
    }
  }

  @ParameterizedTest(name = "{0} tasks")
  @ValueSource(ints = {100, 1_000, 3_000})
  @DisplayName("reads no more task runs for a start or an end than an execution of few tasks")
  void readsNoMoreTaskRunsPerTask(int tasks) {
    Flows.Flow flow = flow("flow");
    for (int i = 0; i < tasks / 2; i++) {
      flow.task("a" + i, null).uses("nothing");
      flow.task("b" + i, null, "a" + i).uses("nothing");
    }
    ExecutionId id = start(flow);
    AtomicLong read = new AtomicLong();
    StateStore real = store;
    store = counting(real, read);
    long begin = System.nanoTime();
    Runner runner = runner(builder().concurrency(8).handler("nothing", context -> {}));
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    Duration passed = Duration.ofNanos(System.nanoTime() - begin);
    store = real;
    // Once at the beginning, and later at most one task run in 100 microseconds.
    assertThat(read.get()).isBetween((long) tasks, 3L * tasks + passed.toNanos() / 100_000);
  }

  @Test
  @DisplayName("reads no more for a task whose needs have ended on another worker")
  void readsOnlyWhatIsNeeded() {
    int tasks = 2_000;
    Flows.Flow flow = flow("flow");
    for (int i = 0; i < tasks / 2; i++) {
      flow.task("a" + i, null).uses("nothing").pool("here");
      flow.task("b" + i, null, "a" + i).uses("nothing").pool("there");
    }
    ExecutionId id = start(flow);
    AtomicLong read = new AtomicLong();
    Runner here = runner(builder().pool("here").concurrency(4).handler("nothing", context -> {}));
    Runner there =
        runner(
            builder(counting(store, read))
                .pool("there")
                .concurrency(4)
                .handler("nothing", context -> {}));
    long begin = System.nanoTime();
    var other = runInBackground(here, id);
    assertThat(there.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(other.join()).isEqualTo(ExecutionState.SUCCEEDED);
    Duration passed = Duration.ofNanos(System.nanoTime() - begin);
    assertThat(read.get()).isBetween((long) tasks, 4L * tasks + passed.toNanos() / 100_000);
  }

  /** Counts the task runs that a store has returned. */
  private static StateStore counting(StateStore real, AtomicLong read) {
    return (StateStore)
        Proxy.newProxyInstance(
            StateStore.class.getClassLoader(),
            new Class<?>[] {StateStore.class},
            (proxy, method, arguments) -> {
              try {
                Object answer = method.invoke(real, arguments);
                if (answer instanceof ExecutionProgress progress) {
                  read.addAndGet(progress.taskRuns().size());
                } else if (LISTS.contains(method.getName())) {
                  read.addAndGet(answer instanceof Collection<?> rows ? rows.size() : 1_000_000);
                }
                return answer;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
