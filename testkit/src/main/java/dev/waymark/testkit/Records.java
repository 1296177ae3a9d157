package dev.waymark.testkit;

import dev.waymark.core.internal.decide.Effect;
import dev.waymark.core.internal.decide.EffectVisitor;
import dev.waymark.core.internal.decide.ExecutionHead;
import dev.waymark.core.internal.decide.Footprint;
import dev.waymark.core.internal.decide.Ledger;
import dev.waymark.core.internal.decide.ReadyHead;
import dev.waymark.core.internal.decide.TaskKey;
import dev.waymark.core.internal.decide.TaskRunCounts;
import dev.waymark.core.internal.decide.TaskRunHead;
import dev.waymark.core.internal.submit.PastCommit;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ChildPolicy;
import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.Transition;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.ExecutionProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the reference store holds, in plain sorted maps. It provides the heads that
 * decisions need, and applies the effects of the decisions. Not thread-safe; the stores that use it
 * lock it.
 */
final class Records {
  final Workflows workflows = new Workflows();
  final Map<ExecutionId, Execution> executions = new TreeMap<>();

  /** The order of the task runs of an execution. */
  static final Comparator<TaskRun> TASK_RUN_ORDER =
      Comparator.comparing(TaskRun::createdAt).thenComparing(TaskRun::id);

  final Map<TaskRunId, TaskRun> taskRuns = new TreeMap<>();
  final Map<AttemptId, Attempt> attempts = new TreeMap<>();
  final Map<ExecutionId, List<Transition>> histories = new TreeMap<>();
  final Payloads payloads = new Payloads();
  final Signals signals = new Signals();
  final Logs logs = new Logs(this::executionOf);
  final Backlog backlog = new Backlog();
  final Roster roster = new Roster();
  final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Map<ExecutionId, String> requestHashes = new TreeMap<>();
  private final Map<CommitId, PastCommit> commits = new TreeMap<>();

  // ---- the input of decisions

  /** The heads of the touched records that exist. */
  Ledger load(Footprint footprint) {
    Ledger ledger = new Ledger();
    footprint.commits().stream().map(commits::get).filter(Objects::nonNull).forEach(ledger::load);
    footprint.workflows().stream()
        .map(workflows::head)
        .filter(Objects::nonNull)
        .forEach(ledger::load);
    footprint.executions().forEach(id -> loadExecution(ledger, id));
    footprint.taskRuns().stream()
        .map(taskRuns::get)
        .filter(Objects::nonNull)
        .forEach(
            run -> {
              loadTaskRun(ledger, run);
              loadExecution(ledger, run.executionId());
            });
    footprint.tasks().forEach(task -> loadTask(ledger, task));
    footprint.bounded().forEach(id -> ledger.loadUnderWay(id, underWay(id)));
    footprint.pools().stream().map(backlog::head).filter(Objects::nonNull).forEach(ledger::load);
    footprint.workers().stream().map(roster::head).filter(Objects::nonNull).forEach(ledger::load);
    footprint.madeReady().stream()
        .map(backlog::readyHead)
        .filter(Objects::nonNull)
        .forEach(ledger::load);
    footprint.taskRunCounts().forEach(id -> ledger.load(id, counts(id)));
    footprint.labelled().stream()
        .map(executions::get)
        .filter(Objects::nonNull)
        .forEach(execution -> ledger.load(execution.id(), execution.labels()));
    footprint.ended().forEach(id -> loadParent(ledger, id));
    footprint.continued().forEach(id -> loadSignals(ledger, id));
    footprint.deleted().forEach(id -> ledger.loadOpenChildren(id, openChildren(id)));
    footprint.deletedWorkflows().forEach(id -> ledger.loadExecutionsOf(id, executionsOf(id)));
    footprint.signals().executions().forEach(id -> loadSignals(ledger, id));
    ledger.owners(footprint.signals().taskRuns()).forEach(id -> loadSignals(ledger, id));
    return ledger;
  }

  private void loadParent(Ledger ledger, ExecutionId id) {
    Execution child = executions.get(id);
    if (child != null && child.parent() != null) {
      loadExecution(ledger, child.parent().executionId());
      loadSignals(ledger, child.parent().executionId());
    }
  }

  private void loadSignals(Ledger ledger, ExecutionId id) {
    ledger.load(id, signals.mailbox(id));
    for (TaskRunId waiting : signals.waiting(id)) {
      loadTaskRun(ledger, present(taskRuns.get(waiting)));
      ReadyHead timer = backlog.readyHead(waiting);
      if (timer != null) {
        ledger.load(timer);
      }
    }
  }

  private int underWay(WorkflowId id) {
    return (int)
        executions.values().stream()
            .filter(each -> each.workflowId().equals(id) && isInProgress(each))
            .count();
  }

  private long executionsOf(WorkflowId id) {
    return executions.values().stream().filter(each -> each.workflowId().equals(id)).count();
  }

  private List<ExecutionId> openChildren(ExecutionId id) {
    return children(id)
        .filter(child -> !child.state().isTerminal())
        .sorted(Comparator.comparing(Execution::createdAt).thenComparing(Execution::id))
        .map(Execution::id)
        .toList();
  }

  /** Whether an execution counts for a limit of its workflow. */
  static boolean isInProgress(Execution execution) {
    return switch (execution.state()) {
      case RUNNING, CANCELLING -> true;
      case PAUSED -> execution.startedAt() != null;
      case PENDING, SUCCEEDED, FAILED, CANCELLED -> false;
    };
  }

  private void loadExecution(Ledger ledger, ExecutionId id) {
    Execution execution = executions.get(id);
    if (execution != null) {
      ledger.load(head(execution));
    }
  }

  private void loadTaskRun(Ledger ledger, TaskRun run) {
    ledger.load(head(run));
    loadExecution(ledger, run.executionId());
  }

  Stream<TaskRun> sortedTaskRuns(ExecutionId id) {
    return taskRunsOf(id).stream().sorted(TASK_RUN_ORDER);
  }

  List<Attempt> sortedAttempts(TaskRunId id) {
    return attempts.values().stream()
        .filter(attempt -> attempt.id().taskRunId().equals(id))
        .sorted(Comparator.comparing(Attempt::number))
        .toList();
  }

  /** The progress of a task run. */
  ExecutionProgress.Item progress(TaskRun run) {
    return new ExecutionProgress.Item(
        run, sortedAttempts(run.id()), payloads.resultOf(run.id()), backlog.isReady(run.id()));
  }

  private void loadTask(Ledger ledger, TaskKey task) {
    taskRunsOf(task.executionId()).stream()
        .filter(run -> run.taskId().equals(task.taskId()))
        .forEach(run -> ledger.load(head(run)));
  }

  private ExecutionHead head(Execution execution) {
    return new ExecutionHead(
        execution.id(),
        execution.workflowId(),
        execution.state(),
        execution.version(),
        execution.createdAt(),
        execution.startedAt(),
        execution.endedAt(),
        present(requestHashes.get(execution.id())),
        execution.parent(),
        execution.continuedAs());
  }

  private TaskRunHead head(TaskRun run) {
    return new TaskRunHead(
        run.id(),
        run.executionId(),
        run.taskId(),
        run.state(),
        run.version(),
        run.lastAttempt(),
        lastAttemptState(run),
        backlog.lease(run.id()),
        run.startedAt(),
        run.endedAt());
  }

  private @Nullable AttemptState lastAttemptState(TaskRun run) {
    if (run.lastAttempt() == 0) {
      return null;
    }
    return present(attempts.get(new AttemptId(run.id(), run.lastAttempt()))).state();
  }

  private TaskRunCounts counts(ExecutionId id) {
    List<TaskRun> runs = taskRunsOf(id);
    long live = runs.stream().filter(run -> !run.state().isTerminal()).count();
    long ended =
        attempts.values().stream()
            .filter(attempt -> attempt.state().isTerminal())
            .filter(
                attempt -> present(taskRuns.get(attempt.id().taskRunId())).executionId().equals(id))
            .count();
    return new TaskRunCounts(runs.size(), (int) live, (int) ended);
  }

  // ---- the effects of decisions

  /** Applies the effects of an accepted change set to the records. */
  void write(List<Effect> effects, PastCommit past) {
    write(effects, past.at());
    commits.put(past.id(), past);
  }

  /** Applies effects that happened at this time to the records. */
  void write(List<Effect> effects, Instant at) {
    Writer writer = new Writer();
    for (Effect effect : effects) {
      effect.accept(writer);
      if (effect instanceof Effect.Moved moved) {
        writeHistory(moved, at);
      }
    }
  }

  /** Applies effects to the records, by their kind. */
  private final class Writer implements EffectVisitor {
    @Override
    public void visit(Effect.WorkflowSaved saved) {
      workflows.write(saved);
    }

    @Override
    public void visit(Effect.ExecutionCreated created) {
      executions.put(created.execution().id(), created.execution());
      requestHashes.put(created.execution().id(), created.requestHash());
    }

    @Override
    public void visit(Effect.ExecutionMoved moved) {
      executions.compute(
          moved.after().id(), (id, before) -> ChangedRecords.moved(present(before), moved));
    }

    @Override
    public void visit(Effect.TaskRunCreated created) {
      taskRuns.put(created.taskRun().id(), created.taskRun());
    }

    @Override
    public void visit(Effect.TaskRunMoved moved) {
      follow(moved.after());
    }

    @Override
    public void visit(Effect.AttemptRecorded recorded) {
      follow(recorded.taskRun());
      attempts.put(recorded.attempt().id(), recorded.attempt());
    }

    @Override
    public void visit(Effect.AttemptMoved moved) {
      AttemptId id = new AttemptId(moved.taskRun().id(), moved.taskRun().lastAttempt());
      attempts.compute(id, (same, before) -> ChangedRecords.moved(present(before), moved));
    }

    @Override
    public void visit(Effect.PayloadSet set) {
      payloads.put(set.ref(), set.execution(), set.payload());
    }

    @Override
    public void visit(Effect.TaskRunReady effect) {
      backlog.write(effect);
    }

    @Override
    public void visit(Effect.LeaseTaken effect) {
      backlog.write(effect);
    }

    @Override
    public void visit(Effect.LeaseRenewed effect) {
      backlog.write(effect);
    }

    @Override
    public void visit(Effect.LeaseEnded effect) {
      backlog.write(effect);
    }

    @Override
    public void visit(Effect.ExecutionDue effect) {
      backlog.write(effect);
    }

    @Override
    public void visit(Effect.ExecutionNotDue effect) {
      backlog.write(effect);
    }

    @Override
    public void visit(Effect.ChildrenDue effect) {
      children(effect.parent())
          .filter(child -> !child.state().isTerminal())
          .filter(child -> present(child.parent()).policy() == ChildPolicy.CANCEL)
          .map(child -> new Effect.ExecutionDue(child.id(), DueReason.CANCEL, Duration.ZERO))
          .forEach(backlog::write);
    }

    @Override
    public void visit(Effect.PoolSet effect) {
      backlog.write(effect);
    }

    @Override
    public void visit(Effect.TaskRunNotReady effect) {
      backlog.remove(effect.taskRun());
    }

    @Override
    public void visit(Effect.ExecutionNotReady effect) {
      taskRunsOf(effect.execution()).forEach(run -> backlog.remove(run.id()));
      signals.clearWaits(effect.execution());
    }

    @Override
    public void visit(Effect.LabelsSet effect) {
      executions.computeIfPresent(
          effect.execution(), (id, before) -> ChangedRecords.labelled(before, effect.labels()));
    }

    @Override
    public void visit(Effect.SignalSent effect) {
      signals.write(effect);
    }

    @Override
    public void visit(Effect.SignalDelivered effect) {
      signals.write(effect);
    }

    @Override
    public void visit(Effect.SignalAwaited effect) {
      signals.write(effect);
    }

    @Override
    public void visit(Effect.SignalContinued effect) {
      signals.write(effect, payloads);
    }

    @Override
    public void visit(Effect.SignalWaitEnded effect) {
      signals.write(effect);
    }

    @Override
    public void visit(Effect.LogAppended effect) {
      logs.write(effect);
    }

    @Override
    public void visit(Effect.LogsDeleted effect) {
      logs.write(effect);
    }

    @Override
    public void visit(Effect.ExecutionDeleted effect) {
      delete(effect.execution());
    }

    @Override
    public void visit(Effect.WorkflowDeleted effect) {
      workflows.write(effect);
    }

    @Override
    public void visit(Effect.WorkerKept effect) {
      roster.write(effect);
    }

    @Override
    public void visit(Effect.WorkerRetired effect) {
      roster.write(effect);
    }
  }

  private void delete(ExecutionId id) {
    logs.write(new Effect.LogsDeleted(id)); // It finds the logs by the task runs.
    Set<TaskRunId> owned = taskRunsOf(id).stream().map(TaskRun::id).collect(Collectors.toSet());
    backlog.delete(id, owned);
    attempts.keySet().removeIf(attempt -> owned.contains(attempt.taskRunId()));
    taskRuns.keySet().removeAll(owned);
    payloads.delete(id);
    signals.delete(id);
    histories.remove(id);
    requestHashes.remove(id);
    executions.remove(id);
  }

  private void follow(TaskRunHead head) {
    taskRuns.compute(head.id(), (id, before) -> ChangedRecords.moved(present(before), head));
  }

  private void writeHistory(Effect.Moved moved, Instant at) {
    List<Transition> history =
        histories.computeIfAbsent(moved.executionId(), id -> new ArrayList<>());
    history.add(new Transition(history.size() + 1L, moved.record(), moved.from(), moved.to(), at));
  }

  // ---- lookups

  /** The children of an execution, in the order of their ids. */
  private Stream<Execution> children(ExecutionId parent) {
    return executions.values().stream()
        .filter(each -> each.parent() != null && each.parent().executionId().equals(parent));
  }

  /** A payload, or null. */
  @Nullable Payload payload(PayloadRef ref) {
    if (ref instanceof PayloadRef.OfExecution of && ref.part() == PayloadRef.Part.INPUT) {
      Execution execution = executions.get(of.id());
      return execution == null ? null : execution.input();
    }
    return payloads.get(ref);
  }

  /** Whether an execution is neither terminal nor PAUSED, and nothing will ever move it. */
  boolean isStalled(Execution execution) {
    boolean goesOn =
        backlog.isDue(execution.id()) || taskRunsOf(execution.id()).stream().anyMatch(this::goesOn);
    return !execution.state().isTerminal() && execution.state() != ExecutionState.PAUSED && !goesOn;
  }

  private boolean goesOn(TaskRun run) {
    return run.state() == TaskRunState.WAITING
        || backlog.isReady(run.id())
        || backlog.leases().containsKey(run.id());
  }

  /** The task runs of an execution, in the order of their ids. */
  List<TaskRun> taskRunsOf(ExecutionId id) {
    return taskRuns.values().stream().filter(run -> run.executionId().equals(id)).toList();
  }

  /** The execution of a task run that exists. */
  ExecutionId executionOf(TaskRunId id) {
    return present(taskRuns.get(id)).executionId();
  }

  /** Whether a task run that exists belongs to this execution; null stands for all executions. */
  boolean isWithin(@Nullable ExecutionId only, TaskRunId id) {
    return only == null || executionOf(id).equals(only);
  }

  /** Whether an execution that exists ended before a time. */
  boolean hasEndedBefore(ExecutionId id, Instant time) {
    Instant endedAt = present(executions.get(id)).endedAt();
    return endedAt != null && endedAt.isBefore(time);
  }

  /** A record that must exist. */
  static <T> T present(@Nullable T record) {
    return Objects.requireNonNull(record, "a record that was decided upon must exist");
  }
}
