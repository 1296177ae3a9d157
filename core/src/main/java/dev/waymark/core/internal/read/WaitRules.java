package dev.waymark.core.internal.read;

import dev.waymark.core.internal.decide.SignalWait;
import dev.waymark.core.internal.read.WaitFacts.DueFact;
import dev.waymark.core.internal.read.WaitFacts.PoolFact;
import dev.waymark.core.internal.read.WaitFacts.ReadyFact;
import dev.waymark.core.internal.read.WaitFacts.TaskFact;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.LeaseHolder;
import dev.waymark.core.store.WaitReason;
import dev.waymark.core.store.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Derives why an execution waits from the facts that a store has read. The rules are the same for
 * every store.
 */
public final class WaitRules {
  private final WaitFacts facts;
  private final List<String> workersHere;
  private final Map<String, List<WaitReason>> ofPools = new HashMap<>();

  private WaitRules(WaitFacts facts) {
    this.facts = facts;
    this.workersHere =
        facts.workers().stream()
            .filter(worker -> worker.worksOn(facts.executionId()))
            .map(WorkerFact::name)
            .toList();
  }

  /** Derives the reasons. */
  public static Waiting explain(WaitFacts facts) {
    return new WaitRules(facts).explain();
  }

  private Waiting explain() {
    List<Waiting.Item> items = new ArrayList<>();
    if (!facts.state().isTerminal()) {
      for (TaskFact each : facts.taskRuns()) {
        List<WaitReason> reasons = reasons(each);
        if (!reasons.isEmpty()) {
          items.add(new Waiting.Item(each.id(), each.taskId(), each.state(), reasons));
        }
      }
    }
    List<LeaseHolder> running =
        facts.taskRuns().stream().map(TaskFact::lease).filter(Objects::nonNull).toList();
    return new Waiting(
        facts.executionId(), facts.state(), ofExecution(), items, running, workersHere);
  }

  // ---- the execution

  private List<WaitReason> ofExecution() {
    if (facts.state().isTerminal()) {
      return List.of();
    }
    if (facts.state() == ExecutionState.PAUSED) {
      return List.of(new WaitReason.Paused());
    }
    List<WaitReason> reasons = new ArrayList<>();
    if (facts.state() == ExecutionState.CANCELLING) {
      reasons.add(new WaitReason.Cancelling());
    }
    boolean behindOthers =
        facts.started() > 0 && WaitFacts.mayWaitForOthers(facts.state(), facts.taskRuns());
    if (behindOthers) {
      reasons.add(
          new WaitReason.ParallelLimit(
              facts.workflowId(), null, facts.started(), facts.startedFirst()));
    }
    facts.due().stream()
        .filter(DueFact::now)
        .forEach(due -> reasons.add(new WaitReason.Due(due.reason(), due.at())));
    boolean isDue = facts.due().stream().anyMatch(DueFact::now);
    if (isDue && workersHere.isEmpty()) {
      reasons.add(new WaitReason.NoWorker());
    }
    if (!behindOthers && isUnattended()) {
      reasons.add(new WaitReason.Unattended());
    }
    return reasons;
  }

  private boolean isUnattended() {
    return facts.due().isEmpty()
        && facts.taskRuns().stream()
            .allMatch(
                each ->
                    each.ready() == null
                        && each.lease() == null
                        && each.state() != TaskRunState.WAITING);
  }

  // ---- a task run

  private List<WaitReason> reasons(TaskFact task) {
    LeaseHolder lease = task.lease();
    if (task.state() == TaskRunState.RUNNING) {
      return lease == null || lease.alive() ? List.of() : List.of(new WaitReason.WorkerLost(lease));
    }
    if (facts.state() == ExecutionState.PAUSED) {
      return List.of(new WaitReason.Paused());
    }
    ReadyFact ready = task.ready();
    if (ready == null) {
      return List.of(notReady(task));
    }
    if (!ready.now()) {
      return List.of(later(task, ready.availableAt()));
    }
    return ofPools.computeIfAbsent(ready.pool(), this::ofPool);
  }

  private WaitReason notReady(TaskFact task) {
    if (facts.state() == ExecutionState.CANCELLING) {
      return new WaitReason.Cancelling();
    }
    return task.state() == TaskRunState.WAITING ? outside(task) : new WaitReason.NotReady();
  }

  private static WaitReason outside(TaskFact task) {
    return task.signal() == null ? new WaitReason.WaitsOutside() : waitsFor(task.signal(), null);
  }

  private static WaitReason waitsFor(String name, @Nullable Instant until) {
    ExecutionId child = SignalWait.childOf(name);
    return child == null
        ? new WaitReason.WaitsForSignal(name, until)
        : new WaitReason.WaitsForChild(child, until);
  }

  private static WaitReason later(TaskFact task, Instant at) {
    return switch (task.state()) {
      case RETRYING -> new WaitReason.RetriesLater(at);
      case WAITING ->
          task.signal() == null ? new WaitReason.WaitsUntil(at) : waitsFor(task.signal(), at);
      default -> new WaitReason.StartsLater(at);
    };
  }

  /**
   * Why task runs that could be claimed in a pool are not claimed. The reasons are the same for all
   * task runs that wait in the pool.
   */
  private List<WaitReason> ofPool(String name) {
    List<WaitReason> reasons = new ArrayList<>();
    PoolFact pool = facts.pools().get(name);
    if (pool != null && pool.isFull()) {
      int slots = Objects.requireNonNull(pool.slots());
      reasons.add(new WaitReason.PoolFull(name, slots, pool.running(), pool.heldBy()));
    }
    List<String> serving =
        facts.workers().stream()
            .filter(worker -> worker.worksOn(facts.executionId()) && worker.serves(name))
            .map(WorkerFact::name)
            .toList();
    if (workersHere.isEmpty()) {
      reasons.add(new WaitReason.NoWorker());
    } else if (serving.isEmpty()) {
      reasons.add(new WaitReason.PoolNotServed(name, workersHere));
    } else if (reasons.isEmpty()) {
      reasons.add(new WaitReason.NotClaimed(name, serving));
    }
    return List.copyOf(reasons);
  }
}
