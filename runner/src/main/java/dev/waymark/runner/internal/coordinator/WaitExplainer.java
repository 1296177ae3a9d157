package dev.waymark.runner.internal.coordinator;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.store.LeaseHolder;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.WaitReason;
import dev.waymark.core.store.WaitReason.HandlerNotServed;
import dev.waymark.core.store.WaitReason.Needs;
import dev.waymark.core.store.WaitReason.NoWorker;
import dev.waymark.core.store.WaitReason.NotClaimed;
import dev.waymark.core.store.WaitReason.NotReady;
import dev.waymark.core.store.WaitReason.ParallelLimit;
import dev.waymark.core.store.WaitReason.PoolFull;
import dev.waymark.core.store.WaitReason.PoolNotServed;
import dev.waymark.core.store.WaitReason.WorkerLost;
import dev.waymark.core.store.Waiting;
import dev.waymark.runner.definition.TaskDefinition;
import dev.waymark.runner.definition.WorkflowDefinition;
import dev.waymark.runner.internal.start.Definitions;
import dev.waymark.worker.internal.lease.Workers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Completes the reasons that the store gives why an execution waits. It adds what only the
 * definition contains, and which workers of this machine are known to have died.
 */
public final class WaitExplainer {
  private final Waiting raw;
  private final @Nullable WorkflowDefinition definition;
  private final Set<TaskId> open = new HashSet<>();
  private final Map<String, Boolean> gone = new HashMap<>();

  private WaitExplainer(Waiting raw, @Nullable WorkflowDefinition definition) {
    this.raw = raw;
    this.definition = definition;
    raw.taskRuns().forEach(each -> open.add(each.taskId().task()));
    raw.running().forEach(each -> open.add(each.taskId().task()));
  }

  /** Explains executions of a store. */
  public record Of(StateStore store, Definitions definitions) {
    /** Returns why an execution waits; null when there is no execution with this id. */
    public @Nullable Waiting waiting(ExecutionId id) {
      Waiting raw = store.waiting(id);
      Execution execution = raw == null ? null : store.execution(id);
      if (raw == null || execution == null || raw.state().isTerminal()) {
        return raw;
      }
      return new WaitExplainer(raw, definition(execution)).explained();
    }

    private @Nullable WorkflowDefinition definition(Execution execution) {
      try {
        Workflow workflow = store.workflow(execution.workflowId(), execution.workflowRevision());
        return workflow == null ? null : definitions.of(workflow);
      } catch (StoreUnavailableException e) {
        throw e;
      } catch (WaymarkException e) {
        return null; // The execution belongs to another program.
      }
    }
  }

  /** Returns an explainer for executions of this store with these definitions. */
  public static Of of(StateStore store, Definitions definitions) {
    return new Of(store, definitions);
  }

  private Waiting explained() {
    List<WaitReason> reasons =
        raw.reasons().stream().map(this::explained).filter(Objects::nonNull).toList();
    WaitReason behind =
        reasons.stream().filter(ParallelLimit.class::isInstance).findFirst().orElse(null);
    List<Waiting.Item> items = new ArrayList<>();
    for (LeaseHolder holder : raw.running()) {
      if (holder.alive() && isGone(holder.worker())) {
        items.add(
            new Waiting.Item(
                holder.attempt().taskRunId(),
                holder.taskId(),
                TaskRunState.RUNNING,
                List.of(new WorkerLost(explained(holder)))));
      }
    }
    Map<TaskId, TaskDefinition> tasks = new HashMap<>();
    if (definition != null) {
      definition.tasks().forEach(task -> tasks.put(task.id(), task));
    }
    for (Waiting.Item each : raw.taskRuns()) {
      TaskDefinition task = tasks.get(each.taskId().task());
      List<WaitReason> all =
          each.reasons().stream().map(reason -> explained(reason, task, behind)).toList();
      items.add(new Waiting.Item(each.taskRunId(), each.taskId(), each.state(), all));
    }
    return new Waiting(
        raw.executionId(),
        raw.state(),
        reasons,
        items,
        raw.running().stream().map(this::explained).toList(),
        living(raw.workers()));
  }

  /** Completes a reason of the execution; null when the definition shows that it does not apply. */
  private @Nullable WaitReason explained(WaitReason reason) {
    if (!(reason instanceof ParallelLimit limit) || definition == null) {
      return reason;
    }
    Integer most = definition.maxParallel();
    return most == null || limit.running() < most
        ? null
        : new ParallelLimit(limit.workflowId(), most, limit.running(), limit.heldBy());
  }

  /** Completes a reason of a task run. */
  private WaitReason explained(
      WaitReason reason, @Nullable TaskDefinition task, @Nullable WaitReason behind) {
    if (reason instanceof PoolFull full) {
      List<LeaseHolder> holders = full.heldBy().stream().map(this::explained).toList();
      return new PoolFull(full.pool(), full.slots(), full.running(), holders);
    } else if (reason instanceof NotClaimed ready) {
      List<String> workers = living(ready.workers());
      return workers.isEmpty() ? new NoWorker() : new NotClaimed(ready.pool(), workers);
    } else if (reason instanceof PoolNotServed pool) {
      return explained(pool, task);
    } else if (reason instanceof WorkerLost lost) {
      return new WorkerLost(explained(lost.holder()));
    } else if (reason instanceof NotReady && task != null) {
      List<TaskId> needs = needs(task);
      return !needs.isEmpty() ? new Needs(needs) : behind != null ? behind : reason;
    }
    return reason;
  }

  private WaitReason explained(PoolNotServed pool, @Nullable TaskDefinition task) {
    List<String> workers = living(pool.workers());
    if (workers.isEmpty()) {
      return new NoWorker();
    }
    return task != null && task.uses() != null && task.pool() == null
        ? new HandlerNotServed(task.uses(), pool.pool(), workers)
        : new PoolNotServed(pool.pool(), workers);
  }

  /**
   * The tasks that must end first and have not ended: the needs, and the tasks of earlier stages.
   */
  private List<TaskId> needs(TaskDefinition task) {
    List<TaskId> needs = new ArrayList<>();
    for (TaskId need : task.needs()) {
      if (open.contains(need)) {
        needs.add(need);
      }
    }
    if (needs.isEmpty() && definition != null) {
      definition.tasks().stream()
          .filter(other -> other.stage().compareTo(task.stage()) < 0 && open.contains(other.id()))
          .forEach(other -> needs.add(other.id()));
    }
    return needs;
  }

  private LeaseHolder explained(LeaseHolder holder) {
    return new LeaseHolder(
        holder.executionId(),
        holder.taskId(),
        holder.attempt(),
        holder.worker(),
        holder.leaseUntil(),
        holder.alive() && !isGone(holder.worker()));
  }

  private List<String> living(List<String> workers) {
    return workers.stream().filter(worker -> !isGone(worker)).toList();
  }

  private boolean isGone(String worker) {
    return gone.computeIfAbsent(worker, Workers::isGone);
  }
}
