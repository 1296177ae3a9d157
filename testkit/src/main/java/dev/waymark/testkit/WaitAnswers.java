package dev.waymark.testkit;

import dev.waymark.core.internal.read.WaitFacts;
import dev.waymark.core.internal.read.WaitFacts.DueFact;
import dev.waymark.core.internal.read.WaitFacts.PoolFact;
import dev.waymark.core.internal.read.WaitFacts.ReadyFact;
import dev.waymark.core.internal.read.WaitFacts.TaskFact;
import dev.waymark.core.internal.read.WaitRules;
import dev.waymark.core.internal.read.WorkerFact;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.LeaseHolder;
import dev.waymark.core.store.Pool;
import dev.waymark.core.store.PoolUse;
import dev.waymark.core.store.WaitReason.Started;
import dev.waymark.core.store.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Explains why something in the reference store waits. Not thread-safe. */
final class WaitAnswers {
  private static final List<ExecutionState> STARTED =
      List.of(ExecutionState.RUNNING, ExecutionState.PAUSED, ExecutionState.CANCELLING);

  private final Records records;
  private final Instant now;

  /** Answers for the current time of the backlog's clock. */
  WaitAnswers(Records records) {
    this.records = records;
    this.now = records.backlog.now();
  }

  Waiting waiting(Execution execution) {
    List<TaskFact> taskRuns =
        records.taskRunsOf(execution.id()).stream()
            .filter(run -> !run.state().isTerminal())
            .sorted(Comparator.comparing(TaskRun::createdAt).thenComparing(TaskRun::id))
            .map(this::fact)
            .toList();
    boolean mayWait = WaitFacts.mayWaitForOthers(execution.state(), taskRuns);
    List<Started> started = mayWait ? started(execution.workflowId()) : List.of();
    return WaitRules.explain(
        new WaitFacts(
            execution.id(),
            execution.workflowId(),
            execution.state(),
            taskRuns,
            pools(),
            records.roster.living(),
            records.backlog.dueOf(execution.id()).entrySet().stream()
                .map(due -> new DueFact(due.getKey(), due.getValue(), !due.getValue().isAfter(now)))
                .toList(),
            started.size(),
            first(started)));
  }

  List<PoolUse> poolUse() {
    List<WorkerFact> workers = records.roster.living();
    return records.backlog.pools().stream()
        .map(
            pool ->
                new PoolUse(
                    pool,
                    records.backlog.claimable(pool.name(), now),
                    (int) workers.stream().filter(w -> w.servesEverywhere(pool.name())).count(),
                    holders(pool.name())))
        .toList();
  }

  private TaskFact fact(TaskRun run) {
    Backlog.Ready ready = records.backlog.ready(run.id());
    return new TaskFact(
        run.id(),
        run.taskId(),
        run.state(),
        run.state() == TaskRunState.WAITING ? records.signals.awaitedBy(run) : null,
        ready == null
            ? null
            : new ReadyFact(ready.pool(), ready.availableAt(), !ready.availableAt().isAfter(now)),
        holder(run.id()));
  }

  private @Nullable LeaseHolder holder(TaskRunId id) {
    Backlog.Lease lease = records.backlog.leases().get(id);
    TaskRun run = records.taskRuns.get(id);
    if (lease == null || run == null) {
      return null;
    }
    return new LeaseHolder(
        run.executionId(),
        run.taskId(),
        new AttemptId(id, lease.number()),
        lease.worker(),
        lease.expiresAt(),
        lease.expiresAt().isAfter(now) && !records.roster.isDead(lease.worker()));
  }

  private Map<String, PoolFact> pools() {
    Map<String, PoolFact> pools = new TreeMap<>();
    for (Pool pool : records.backlog.pools()) {
      pools.put(
          pool.name(),
          new PoolFact(pool.name(), pool.slots(), pool.running(), holders(pool.name())));
    }
    return pools;
  }

  private List<LeaseHolder> holders(String pool) {
    List<LeaseHolder> holders = new ArrayList<>();
    records
        .backlog
        .leases()
        .forEach(
            (id, lease) -> {
              LeaseHolder holder = lease.pool().equals(pool) ? holder(id) : null;
              if (holder != null && holders.size() < PoolUse.MAX_HOLDERS) {
                holders.add(holder);
              }
            });
    return holders;
  }

  private List<Started> started(WorkflowId workflow) {
    return records.executions.values().stream()
        .filter(each -> each.workflowId().equals(workflow) && Records.isInProgress(each))
        .sorted(Comparator.comparing(Execution::createdAt).thenComparing(Execution::id))
        .map(each -> new Started(each.id(), each.state()))
        .toList();
  }

  private static List<Started> first(List<Started> all) {
    return STARTED.stream()
        .flatMap(
            state -> all.stream().filter(each -> each.state() == state).limit(PoolUse.MAX_HOLDERS))
        .toList();
  }
}
