package dev.waymark.runner.internal.start;

import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.Limits;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewExecution.ParentTask;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.api.RunTracer;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.runner.api.TraceContext;
import dev.waymark.runner.definition.Stage;
import dev.waymark.runner.definition.TaskDefinition;
import dev.waymark.runner.definition.WorkflowDefinition;
import dev.waymark.runner.internal.base.Iterations;
import dev.waymark.runner.internal.base.StartLabels;
import dev.waymark.runner.internal.handler.Handlers;
import dev.waymark.runner.internal.process.Continuation;
import dev.waymark.worker.internal.base.Refusals;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Starts executions. An execution and its task runs are created in one change set, so every worker
 * sees an execution with all its task runs.
 *
 * <p>A repeated start is detected by a read, not by the idempotency of the store's commits: the ids
 * of task runs are new each time, and the latest revision may have changed meanwhile. If two starts
 * use one id at the same moment, the store refuses one of them, which then finds the execution of
 * the other.
 */
public final class StartExecution {
  private final StateStore store;
  private final Definitions definitions;
  private final Ids ids;
  private final RunTracer tracer;
  private final @Nullable ParentTask parent;

  /** Creates the starter of executions in this store. */
  public StartExecution(StateStore store, Definitions definitions, Ids ids, RunTracer tracer) {
    this(store, definitions, ids, tracer, null);
  }

  private StartExecution(
      StateStore store,
      Definitions definitions,
      Ids ids,
      RunTracer tracer,
      @Nullable ParentTask parent) {
    this.store = store;
    this.definitions = definitions;
    this.ids = ids;
    this.tracer = tracer;
    this.parent = parent;
  }

  /** The same starter, in another view of the store. */
  public StartExecution in(StateStore view) {
    return new StartExecution(view, definitions, ids, tracer, parent);
  }

  /** A starter of children of a task run. */
  public StartExecution asChildOf(ParentTask task) {
    return new StartExecution(store, definitions, ids, tracer, task);
  }

  /** As {@link dev.waymark.runner.Runner#start(StartRequest)}. */
  public ExecutionId start(StartRequest request) {
    RunTracer.Start trace = tracer.executionStarting(request.workflowId());
    @Nullable ExecutionId started = null;
    try (RunTracer.Scope scope = trace.enter()) {
      started = start(request, trace.context());
      return started;
    } catch (RuntimeException | Error e) {
      trace.failed(e);
      throw e;
    } finally {
      trace.ended(started);
    }
  }

  private ExecutionId start(StartRequest request, @Nullable TraceContext trace) {
    ExecutionId id = request.executionId();
    Execution existing = id == null ? null : store.execution(id);
    return existing == null
        ? create(request, id == null ? ids.executionId() : id, trace)
        : repeat(existing, request);
  }

  private ExecutionId create(StartRequest request, ExecutionId id, @Nullable TraceContext trace) {
    Workflow workflow = workflow(request);
    WorkflowDefinition definition = definitions.of(workflow);
    ChangeSet changes = changes(request, id, workflow, definition, trace);
    try {
      store.commit(changes);
      return id;
    } catch (RefusedException e) {
      Execution existing = store.execution(id);
      if (existing == null) {
        throw e;
      }
      return repeat(existing, request);
    }
  }

  /**
   * Returns what lets an execution continue as the one that a request describes, with a new id and
   * in the same trace. Nothing is stored.
   *
   * @throws InvalidInputException as for {@link #start}; also when the request has an execution id
   *     or repeats another execution
   */
  public Continuation continuation(Execution earlier, StartRequest request) {
    if (request.executionId() != null || request.rerunOf() != null) {
      throw new InvalidInputException(
          "the request that continues execution "
              + earlier.id()
              + " has "
              + (request.executionId() == null
                  ? "an execution that it repeats, " + request.rerunOf()
                  : "the execution id " + request.executionId())
              + "; leave that out, the next execution has a new id");
    }
    Workflow workflow = workflow(request);
    WorkflowDefinition definition = definitions.of(workflow);
    ExecutionId id = ids.executionId();
    NewExecution next = newExecution(request, id, workflow, definition, TraceContext.of(earlier));
    ChangeSet.Builder begin = ChangeSet.builder(ids.commitId());
    addTaskRuns(begin, request, id, workflow, definition);
    return new Continuation(next, begin.build().changes());
  }

  private Workflow workflow(StartRequest request) {
    Integer revision = request.revision();
    Workflow workflow =
        revision == null
            ? store.workflow(request.workflowId())
            : store.workflow(request.workflowId(), revision);
    if (workflow == null) {
      throw Refusals.notFound(
          "start",
          RecordRef.of(request.workflowId()),
          revision == null ? "a saved workflow" : "revision " + revision);
    }
    return workflow;
  }

  private ChangeSet changes(
      StartRequest request,
      ExecutionId id,
      Workflow workflow,
      WorkflowDefinition definition,
      @Nullable TraceContext trace) {
    ChangeSet.Builder changes = ChangeSet.builder(ids.commitId());
    changes.createExecution(newExecution(request, id, workflow, definition, trace));
    addTaskRuns(changes, request, id, workflow, definition);
    return changes.build();
  }

  private NewExecution newExecution(
      StartRequest request,
      ExecutionId id,
      Workflow workflow,
      WorkflowDefinition definition,
      @Nullable TraceContext trace) {
    check(definition, request);
    String directory = hasProcesses(definition) ? directory(request.directory()) : null;
    return new NewExecution(
        id,
        workflow.id(),
        workflow.revision(),
        traced(labels(request, directory), trace),
        InputCheck.complete(definition, request),
        parent);
  }

  private void addTaskRuns(
      ChangeSet.Builder changes,
      StartRequest request,
      ExecutionId id,
      Workflow workflow,
      WorkflowDefinition definition) {
    Map<TaskId, ExecutionProgress.Item> kept = kept(request, workflow);
    boolean settles = request.fromFailed() || definition.maxParallel() != null;
    int priority = request.priority() == null ? definition.priority() : request.priority();
    for (TaskDefinition task : definition.tasks()) {
      TaskRunId run = ids.taskRunId();
      changes.createTaskRun(new NewTaskRun(run, id, task.id()));
      ExecutionProgress.Item earlier = kept.get(task.id());
      if (earlier != null) {
        keep(changes, run, earlier);
      } else if (!settles && isRoot(task)) {
        changes.readyTaskRun(run, Handlers.poolOf(task), priority, Duration.ZERO);
      }
    }
    if (settles) {
      changes.markDue(id, DueReason.SETTLE, Duration.ZERO);
    }
  }

  private static boolean isRoot(TaskDefinition task) {
    return task.stage() == Stage.MAIN && task.needs().isEmpty();
  }

  /** The task runs that succeeded in the repeated execution and need not run again. */
  private Map<TaskId, ExecutionProgress.Item> kept(StartRequest request, Workflow workflow) {
    ExecutionId earlier = request.rerunOf();
    ExecutionProgress progress = earlier == null ? null : store.executionProgress(earlier);
    if (earlier != null && progress == null) {
      throw Refusals.notFound("repeat", RecordRef.of(earlier), "an execution");
    }
    if (earlier == null || progress == null || !request.fromFailed()) {
      return Map.of();
    }
    Execution execution = progress.execution();
    boolean same =
        execution.workflowId().equals(workflow.id())
            && execution.workflowRevision() == workflow.revision();
    if (!same || !execution.state().isTerminal()) {
      throw new InvalidInputException(
          "the results of execution "
              + earlier
              + " cannot be kept: "
              + (same
                  ? "it is " + execution.state() + "; wait for its end"
                  : "it ran revision "
                      + execution.workflowRevision()
                      + " of "
                      + execution.workflowId()
                      + "; repeat that"));
    }
    return kept(definitions.of(workflow), progress);
  }

  /**
   * The task runs that succeeded and whose needs are all kept too. A task that ran because of a
   * failure may have to run again because of the next failure. Of a task with several iterations,
   * the last one counts.
   */
  private static Map<TaskId, ExecutionProgress.Item> kept(
      WorkflowDefinition definition, ExecutionProgress progress) {
    Map<TaskId, ExecutionProgress.Item> kept = new HashMap<>();
    Iterations.newest(progress.taskRuns())
        .forEach(
            (task, item) -> {
              if (item.taskRun().state() == TaskRunState.SUCCEEDED) {
                kept.put(task, item);
              }
            });
    boolean more = true;
    while (more) {
      more = false;
      for (TaskDefinition task : definition.tasks()) {
        boolean again = task.stage() != Stage.MAIN || !kept.keySet().containsAll(task.needs());
        more |= again && kept.remove(task.id()) != null;
      }
    }
    return kept;
  }

  /** Adds a task run that succeeds without running: its result is that of an earlier one. */
  private static void keep(
      ChangeSet.Builder changes, TaskRunId run, ExecutionProgress.Item earlier) {
    changes.updateTaskRun(run, TaskRunState.RUNNING);
    if (earlier.result() != null) {
      changes.setResult(run, earlier.result());
    }
    changes.updateTaskRun(run, TaskRunState.SUCCEEDED);
  }

  /** As {@link dev.waymark.runner.Runner#check}. */
  public static void check(
      WorkflowDefinition definition, StartRequest request, Set<String> handlers) {
    for (TaskDefinition task : definition.tasks()) {
      if (task.uses() != null && !handlers.contains(task.uses())) {
        throw new InvalidInputException(
            "task "
                + Text.quote(task.id().value())
                + " uses handler "
                + Text.quote(task.uses())
                + ", which this program does not have; only start the workflow here, and leave the"
                + " work to a program that has it");
      }
    }
    check(definition, request);
  }

  private static void check(WorkflowDefinition definition, StartRequest request) {
    labels(request, directory(request.directory()));
    Payload unused = InputCheck.complete(definition, request);
  }

  /** Only processes run in a directory. Handlers in Java do not use a path of this host. */
  private static boolean hasProcesses(WorkflowDefinition definition) {
    return definition.tasks().stream().anyMatch(task -> task.run() != null);
  }

  private static String directory(@Nullable Path directory) {
    return Objects.requireNonNullElse(directory, Path.of(""))
        .toAbsolutePath()
        .normalize()
        .toString();
  }

  private static Map<String, String> labels(StartRequest request, @Nullable String directory) {
    Map<String, String> labels = new TreeMap<>(request.labels());
    for (String name : labels.keySet()) {
      if (name.startsWith(StartLabels.RESERVED)) {
        throw new InvalidInputException(
            "label "
                + Text.quote(name)
                + " begins with \""
                + StartLabels.RESERVED
                + "\", which is reserved; use another name");
      }
    }
    if (directory != null) {
      labels.put(StartRequest.DIRECTORY_LABEL, directory);
    }
    if (request.rerunOf() != null) {
      labels.put(StartRequest.RERUN_LABEL, request.rerunOf().toString());
    }
    if (request.fromFailed()) {
      labels.put(StartRequest.FROM_FAILED_LABEL, "true");
    }
    if (request.priority() != null) {
      labels.put(StartLabels.PRIORITY, request.priority().toString());
    }
    return labels;
  }

  /** Adds the labels of a trace context. A start does not fail because they exceed a limit. */
  private Map<String, String> traced(Map<String, String> labels, @Nullable TraceContext trace) {
    if (trace != null) {
      addWithinLimits(labels, StartLabels.TRACEPARENT, trace.traceparent());
      if (trace.tracestate() != null && labels.containsKey(StartLabels.TRACEPARENT)) {
        addWithinLimits(labels, StartLabels.TRACESTATE, trace.tracestate());
      }
    }
    return labels;
  }

  /** The value is ASCII. */
  private void addWithinLimits(Map<String, String> labels, String name, String value) {
    Limits limits = store.limits();
    if (labels.size() < limits.maxLabels() && value.length() <= limits.maxLabelValueBytes()) {
      labels.put(name, value);
    }
  }

  private ExecutionId repeat(Execution existing, StartRequest request) {
    String difference = difference(existing, request);
    if (difference != null) {
      throw Refusals.otherRequest(RecordRef.of(existing.id()), "one with another " + difference);
    }
    return existing.id();
  }

  private @Nullable String difference(Execution existing, StartRequest request) {
    if (!existing.workflowId().equals(request.workflowId())) {
      return "workflow, " + existing.workflowId();
    }
    Integer revision = request.revision();
    if (revision != null && revision != existing.workflowRevision()) {
      return "revision, " + existing.workflowRevision();
    }
    // A request without a directory matches any directory, and some executions have none.
    String found = existing.labels().get(StartRequest.DIRECTORY_LABEL);
    String directory =
        found == null || request.directory() == null ? found : directory(request.directory());
    if (!labels(request, directory).equals(StartLabels.withoutTrace(existing.labels()))) {
      return "set of labels, directory, priority or rerun";
    }
    Workflow workflow = store.workflow(existing.workflowId(), existing.workflowRevision());
    boolean sameInput =
        workflow != null
            && Objects.equals(
                InputCheck.complete(definitions.of(workflow), request), existing.input());
    return sameInput ? null : "set of inputs";
  }
}
