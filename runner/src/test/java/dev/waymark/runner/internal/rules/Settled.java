package dev.waymark.runner.internal.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.api.RunListener;
import dev.waymark.runner.api.RunTracer;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.runner.api.TaskLogs;
import dev.waymark.runner.definition.TaskDefinition;
import dev.waymark.runner.definition.WorkflowDefinition;
import dev.waymark.runner.internal.handler.Handlers;
import dev.waymark.runner.internal.start.Definitions;
import dev.waymark.runner.internal.start.StartExecution;
import dev.waymark.runner.internal.worker.LogSettings;
import dev.waymark.runner.internal.worker.RunnerConfig;
import dev.waymark.runner.internal.worker.WorkScope;
import dev.waymark.testkit.InMemoryStateStore;
import dev.waymark.worker.internal.base.RetriedCalls;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An execution whose tasks end as a test says, without any process: the rules, and the store that
 * checks them with its own. After each step the picture is compared with the store.
 */
final class Settled {
  private static final WorkflowId FLOW = new WorkflowId("flow");

  private final StateStore store =
      new InMemoryStateStore(InstantSource.system(), Limits.defaults());
  private final Ids ids = Ids.system();
  private final RunnerConfig config;
  private final boolean everything;
  private final ExecutionPicture job;

  /**
   * Starts an execution of these tasks.
   *
   * @param everything whether everything is settled after each end, instead of what depends on it
   */
  Settled(boolean everything, List<TaskDefinition> tasks) {
    this.everything = everything;
    WorkflowDefinition definition =
        new WorkflowDefinition(FLOW, null, Map.of(), Map.of(), Map.of(), null, tasks, "");
    Definitions definitions = new Definitions(workflow -> definition);
    this.config =
        new RunnerConfig(
            store,
            definitions,
            "worker",
            1,
            new TaskLogs(Path.of("logs")),
            RunListener.NONE,
            RunTracer.NONE,
            InstantSource.system(),
            ids,
            Duration.ZERO,
            Duration.ofMillis(1),
            2,
            Duration.ofHours(1),
            Set.of(ClaimRequest.DEFAULT_POOL),
            new Handlers(Map.of(), null),
            new LogSettings(false, null, null),
            new RetriedCalls(Duration.ZERO),
            new WorkScope());
    store.saveWorkflow(new NewWorkflow(FLOW, "flow"));
    ExecutionId id =
        new StartExecution(store, definitions, ids, RunTracer.NONE).start(StartRequest.of(FLOW));
    this.job = new ExecutionPicture(progress(id), definition);
  }

  Settled(TaskDefinition... tasks) {
    this(false, List.of(tasks));
  }

  private ExecutionProgress progress(ExecutionId id) {
    return Objects.requireNonNull(store.executionProgress(id));
  }

  TaskRunPicture taskRun(String task) {
    return job.taskRuns().stream()
        .filter(taskRun -> taskRun.task.id().value().equals(task))
        .findFirst()
        .orElseThrow();
  }

  List<String> running() {
    return job.running().stream().map(taskRun -> taskRun.task.id().value()).toList();
  }

  ExecutionState state() {
    return job.state();
  }

  /** Begins everything that is ready. */
  Settled begin() {
    store
        .claim(ClaimRequest.of("worker", 100, Duration.ofHours(1)).within(job.id()))
        .claimed()
        .forEach(claimed -> assertThat(job.claimed(claimed)).as("%s", claimed).isNotNull());
    return this;
  }

  /** Ends running tasks with success, and begins them first if they are ready. */
  Settled succeed(String... tasks) {
    for (String task : tasks) {
      begin().end(task, AttemptState.SUCCEEDED, Map.of());
    }
    return this;
  }

  Settled fail(String... tasks) {
    for (String task : tasks) {
      begin().end(task, AttemptState.FAILED, Map.of());
    }
    return this;
  }

  Settled end(String task, AttemptState state, Map<String, String> outputs) {
    TaskRunPicture taskRun = taskRun(task);
    StepChanges step = step();
    step.endAttempt(taskRun, state, null, state == AttemptState.SUCCEEDED ? null : "because");
    if (state == AttemptState.SUCCEEDED) {
      step.setResult(taskRun, outputs.isEmpty() ? null : Payload.ofTexts(outputs));
    }
    step.follow(taskRun, Settlement.after(state, job, taskRun, config));
    if (everything) {
      Settlement.addTo(step);
    } else {
      Settlement.addTo(step, taskRun);
    }
    return commit(step);
  }

  Settled pause() {
    return control(ExecutionState.PAUSED);
  }

  Settled resume() {
    return control(ExecutionState.RUNNING);
  }

  Settled cancel() {
    CancelExecution.cancel(store, config.definitions(), job.id());
    return settle();
  }

  Settled overdue() {
    job.setOverdue(Instant.now());
    return settle();
  }

  private Settled control(ExecutionState to) {
    if (to == ExecutionState.PAUSED) {
      PauseResume.pause(store, job.id());
    } else {
      PauseResume.resume(store, new Definitions(workflow -> job.definition()), job.id());
    }
    return settle();
  }

  /** Reads the execution again and settles everything. */
  Settled settle() {
    job.load(progress(job.id()));
    StepChanges step = step();
    Settlement.addTo(step);
    return commit(step);
  }

  private StepChanges step() {
    return new StepChanges(job, new CommitId(ids.commitId().value()), 1_000, Instant.now());
  }

  private Settled commit(StepChanges step) {
    ChangeSet changes = step.changes();
    CommitResult result = store.commit(changes);
    assertThat(StepChanges.isStale(result)).as("progress of other workers: %s", changes).isFalse();
    String known = picture(job);
    job.load(progress(job.id()));
    assertThat(picture(job)).as("content of the store after %s", changes).isEqualTo(known);
    StepChanges more = step();
    Settlement.addTo(more);
    assertThat(more.isEmpty()).as("nothing remains to be done after %s", changes).isTrue();
    return this;
  }

  private static String picture(ExecutionPicture job) {
    return job.state()
        + " "
        + job.version()
        + job.taskRuns().stream()
            .map(
                taskRun ->
                    " "
                        + taskRun.task.id()
                        + (taskRun.isFinal() ? "" : taskRun.ready ? " ready" : " waits")
                        + " "
                        + List.of(
                            taskRun.state, taskRun.version, taskRun.attempt, taskRun.openNeeds)
                        + taskRun.attemptState
                        + taskRun.outputs())
            .collect(Collectors.joining("\n"));
  }

  /** A short form: {@code a SUCCEEDED, b ready, c PENDING: RUNNING}. */
  @Override
  public String toString() {
    return job.taskRuns().stream()
            .map(taskRun -> taskRun.task.id() + " " + word(taskRun))
            .collect(Collectors.joining(", "))
        + ": "
        + job.state();
  }

  private static String word(TaskRunPicture taskRun) {
    if (!taskRun.ready || taskRun.isFinal()) {
      return taskRun.state.name();
    }
    return taskRun.state == TaskRunState.PENDING ? "ready" : "ready again";
  }

  String error() {
    return String.valueOf(Objects.requireNonNull(store.execution(job.id())).error());
  }
}
