package dev.waymark.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Page;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.ExecutionDetails.TaskRunDetails;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.Runner;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.runner.definition.WorkflowDefinition;
import dev.waymark.runner.file.DefinitionReader;
import dev.waymark.testkit.Invariants;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Executions of several shapes for many workers: a chain, a fan-out with its fan-in, and tasks that
 * fail before they succeed. Some of the tasks are scripts. Each task adds to the outputs of its
 * needs, and the last task of an execution fails unless the sum is correct: no output is lost or
 * taken from an attempt that did not succeed.
 */
final class Workload {
  private static final String CHAIN =
      """
      id: chain
      tasks:
        a: {uses: count}
        b: {needs: [a], uses: count}
        c:
          needs: [b]
          run: sleep 0.2; echo "value=$((1 + OUTPUT_B_VALUE))" >> "$WAYMARK_OUTPUT"
        d: {needs: [c], uses: count}
        e: {needs: [d], uses: count}
        end: {needs: [e], uses: check, with: {sum: "5"}}
      """;

  private static final String FAN =
      """
      id: fan
      tasks:
        split: {uses: count}
        p1: {needs: [split], uses: count}
        p2: {needs: [split], uses: count}
        p3: {needs: [split], uses: count}
        p4: {needs: [split], uses: count}
        p5: {needs: [split], uses: count}
        p6:
          needs: [split]
          run: sleep 0.3; echo "value=$((1 + OUTPUT_SPLIT_VALUE))" >> "$WAYMARK_OUTPUT"
        join: {needs: [p1, p2, p3, p4, p5, p6], uses: count}
        end: {needs: [join], uses: check, with: {sum: "13"}}
      """;

  private static final String RETRIES =
      """
      id: retries
      tasks:
        handler:
          uses: flaky
          with: {succeeds-at: "3"}
          retry: {max-attempts: 3, delay: 100ms}
        script:
          run: |
            echo "value=$WAYMARK_ATTEMPT" >> "$WAYMARK_OUTPUT"
            test "$WAYMARK_ATTEMPT" -ge 2 || exit 3
            echo "value=1" >> "$WAYMARK_OUTPUT"
          retry: {max-attempts: 2, delay: 50ms}
        wait: {uses: count}
        join: {needs: [handler, script, wait], uses: count}
        end: {needs: [join], uses: check, with: {sum: "4"}}
      """;

  private static final List<String> SHAPES = List.of(CHAIN, FAN, RETRIES);

  private Workload() {}

  /** The result of a workload. */
  record Outcome(int executions, int taskRuns, int attempts, int lost) {
    @Override
    public String toString() {
      return "%d executions, %d tasks, %d attempts of which %d were lost"
          .formatted(executions, taskRuns, attempts, lost);
    }
  }

  /** Starts executions, of all shapes in turn. */
  static final class Starter implements AutoCloseable {
    private final Runner runner;
    private final Path directory;
    private final int tasks;
    private int startedTasks;
    private int started;

    /** Will start as many executions as have this number of tasks together. */
    Starter(StateStore store, int tasks, Path directory) {
      SHAPES.forEach(shape -> save(store, shape));
      this.runner = Runner.builder(store, Workload::read).build();
      this.tasks = tasks;
      this.directory = directory;
    }

    /** Starts the remaining executions, but no more than this number since the first. */
    void startUpTo(long executions) {
      while (!isDone() && started < executions) {
        WorkflowDefinition shape = read("shape", SHAPES.get(started % SHAPES.size()));
        runner.start(StartRequest.builder(shape.id()).directory(directory).build());
        startedTasks += shape.tasks().size();
        started++;
      }
    }

    /** Whether all are started. */
    boolean isDone() {
      return startedTasks >= tasks;
    }

    /** The number of executions that are started. */
    int started() {
      return started;
    }

    @Override
    public void close() {
      runner.close();
    }
  }

  /** Saves a workflow file. */
  static WorkflowId save(StateStore store, String text) {
    WorkflowId id = read("workflow", text).id();
    store.saveWorkflow(new NewWorkflow(id, text));
    return id;
  }

  /** The definition of a workflow of the store. */
  static WorkflowDefinition read(Workflow workflow) {
    return read("workflow/" + workflow.id(), workflow.definition());
  }

  private static WorkflowDefinition read(String name, String text) {
    return new DefinitionReader().read(name, text);
  }

  /** The number of executions that have ended, in any state. */
  static long ended(StateStore store) {
    return store
        .executions(
            ExecutionQuery.builder()
                .states(ExecutionState.SUCCEEDED, ExecutionState.FAILED, ExecutionState.CANCELLED)
                .limit(1)
                .build())
        .total();
  }

  /**
   * Checks that every execution has succeeded, every task by exactly one attempt, and that nothing
   * remains to be done, by the store and by the tables of the database.
   */
  static Outcome checkAllDone(StoreLocation location, StateStore store) {
    int executions = 0;
    int taskRuns = 0;
    int attempts = 0;
    int lost = 0;
    ExecutionQuery.Builder query = ExecutionQuery.builder().limit(100);
    for (Page<Execution> page = store.executions(query.build());
        !page.items().isEmpty();
        page = store.executions(query.after(page.next()).build())) {
      for (Execution execution : page.items()) {
        ExecutionDetails details =
            Objects.requireNonNull(store.executionDetails(execution.id()), "listed");
        assertThat(details.execution().state())
            .as("%s", details)
            .isEqualTo(ExecutionState.SUCCEEDED);
        details.taskRuns().forEach(Workload::checkOnce);
        executions++;
        taskRuns += details.taskRuns().size();
        attempts += details.taskRuns().stream().mapToInt(run -> run.attempts().size()).sum();
        lost += details.taskRuns().stream().mapToInt(Workload::lost).sum();
      }
      if (page.next() == null) {
        break;
      }
    }
    checkNothingLeft(location, store);
    return new Outcome(executions, taskRuns, attempts, lost);
  }

  private static void checkOnce(TaskRunDetails run) {
    assertThat(run.taskRun().state()).as("%s", run).isEqualTo(TaskRunState.SUCCEEDED);
    assertThat(run.attempts())
        .extracting(Attempt::number)
        .as("no number is skipped or given twice: %s", run)
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, run.attempts().size()).boxed().toList());
    assertThat(run.attempts()).as("no attempt is live").noneMatch(Workload::isLive);
    assertThat(run.attempts().stream().filter(Workload::hasSucceeded).toList())
        .as("exactly one attempt that succeeded, the last: %s", run)
        .containsExactly(run.attempts().get(run.attempts().size() - 1));
  }

  private static boolean isLive(Attempt attempt) {
    return !attempt.state().isTerminal();
  }

  private static boolean hasSucceeded(Attempt attempt) {
    return attempt.state() == AttemptState.SUCCEEDED;
  }

  private static int lost(TaskRunDetails run) {
    return (int)
        run.attempts().stream().filter(attempt -> attempt.state() == AttemptState.LOST).count();
  }

  private static void checkNothingLeft(StoreLocation location, StateStore store) {
    for (String table : List.of("ready_task_runs", "leases", "due_executions")) {
      assertThat(location.count(table)).as("rows left in %s", table).isZero();
    }
    assertThat(store.leases(1)).as("leases").isEmpty();
    assertThat(store.stalled(null, 1)).as("stalled executions").isEmpty();
    assertThat(Invariants.violations(store)).isEmpty();
  }
}
