package dev.waymark.testkit.contract.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.LeaseHolder;
import dev.waymark.core.store.PoolUse;
import dev.waymark.core.store.WaitReason;
import dev.waymark.core.store.WaitReason.Cancelling;
import dev.waymark.core.store.WaitReason.Due;
import dev.waymark.core.store.WaitReason.NoWorker;
import dev.waymark.core.store.WaitReason.NotClaimed;
import dev.waymark.core.store.WaitReason.NotReady;
import dev.waymark.core.store.WaitReason.ParallelLimit;
import dev.waymark.core.store.WaitReason.Paused;
import dev.waymark.core.store.WaitReason.PoolFull;
import dev.waymark.core.store.WaitReason.PoolNotServed;
import dev.waymark.core.store.WaitReason.RetriesLater;
import dev.waymark.core.store.WaitReason.Started;
import dev.waymark.core.store.WaitReason.StartsLater;
import dev.waymark.core.store.WaitReason.Unattended;
import dev.waymark.core.store.WaitReason.WorkerLost;
import dev.waymark.core.store.Waiting;
import dev.waymark.core.store.Worker;
import dev.waymark.testkit.contract.base.ContractTest;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Why something waits: each reason, from one query.
 *
 * @since 0.1.0
 */
public abstract class WaitContract extends ContractTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration MOMENT = Duration.ofMillis(1);
  private static final UUID LIFE = new UUID(7, 7);

  /** For backends that run this topic alone. */
  protected WaitContract() {}

  private Waiting waiting(ExecutionId id) {
    return exists(store.waiting(id));
  }

  private List<WaitReason> reasons(TaskRunId id) {
    return waiting(stored(id).executionId()).of(id);
  }

  private void worker(
      String name, Duration lease, @Nullable String pools, @Nullable ExecutionId of) {
    Map<String, String> info = new HashMap<>();
    if (pools != null) {
      info.put(Worker.POOLS_INFO, pools);
    }
    if (of != null) {
      info.put(Worker.EXECUTIONS_INFO, of.toString());
    }
    store.commit(changes().keepWorker(name, LIFE, lease, info).build());
  }

  private TaskRunId ready(ExecutionId execution, String pool, Duration delay) {
    TaskRunId id = taskRun(execution);
    store.commit(changes().readyTaskRun(id, pool, 0, delay).build());
    return id;
  }

  private TaskRunId ready(String pool) {
    return ready(execution(), pool, Duration.ZERO);
  }

  private void claim(String worker, Duration lease, String pool) {
    assertThat(store.claim(new ClaimRequest(worker, 1, lease, Set.of(pool))).claimed()).hasSize(1);
  }

  /** The only lease of an execution, once it has expired. */
  private LeaseHolder expired(ExecutionId id) {
    LeaseHolder holder = waiting(id).running().get(0);
    while (holder.alive()) {
      Thread.onSpinWait();
      holder = waiting(id).running().get(0);
    }
    return holder;
  }

  @Test
  @DisplayName("a missing execution has no wait reasons")
  void missing() {
    assertThat(store.waiting(ids.executionId())).isNull();
  }

  @Test
  @DisplayName("an execution that has ended has no wait reasons")
  void ended() {
    for (ExecutionState state : ExecutionState.values()) {
      if (state.isTerminal()) {
        Waiting waiting = waiting(executionIn(state));
        assertThat(waiting.state()).isEqualTo(state);
        assertThat(waiting.reasons()).isEmpty();
        assertThat(waiting.taskRuns()).isEmpty();
      }
    }
  }

  @Test
  @DisplayName(
      "no worker is alive: none is registered, or all are dead or work on other executions")
  void noWorker() {
    TaskRunId run = ready("default");
    assertThat(reasons(run)).containsExactly(new NoWorker());
    worker("elsewhere", LONG, "default", ids.executionId());
    assertThat(reasons(run)).containsExactly(new NoWorker());
    worker("dead", MOMENT, "default", null);
    while (store.workers().stream().filter(Worker::alive).count() > 1) {
      Thread.onSpinWait();
    }
    assertThat(reasons(run)).containsExactly(new NoWorker());
  }

  @Test
  @DisplayName("workers are alive, but none of them serves the pool")
  void notServed() {
    TaskRunId run = ready("gpu");
    worker("w-2", LONG, "default", null);
    worker("w-1", LONG, "cpu,gp", null);
    worker("elsewhere", LONG, "gpu", ids.executionId());
    assertThat(reasons(run)).containsExactly(new PoolNotServed("gpu", List.of("w-1", "w-2")));
    worker("w-3", LONG, "cpu,gpu", null);
    assertThat(reasons(run)).containsExactly(new NotClaimed("gpu", List.of("w-3")));
  }

  @Test
  @DisplayName(
      "a worker that names one execution serves only that one, and one that names none serves all")
  void scope() {
    TaskRunId run = ready("gpu");
    worker("here", LONG, "gpu", stored(run).executionId());
    worker("silent", LONG, null, null);
    assertThat(reasons(run)).containsExactly(new NotClaimed("gpu", List.of("here", "silent")));
    assertThat(waiting(stored(run).executionId()).workers()).containsExactly("here", "silent");
    assertThat(use("gpu").workers()).isEqualTo(1);
  }

  @Test
  @DisplayName("the pool is full, and the holders of its slots are named")
  void poolFull() {
    worker("w", LONG, "gpu", null);
    store.commit(changes().setPool("gpu", 1).build());
    TaskRunId first = ready("gpu");
    claim("w", LONG, "gpu");
    TaskRunId second = ready("gpu");
    PoolFull full = (PoolFull) reasons(second).get(0);
    assertThat(reasons(second)).hasSize(1);
    assertThat(full.pool()).isEqualTo("gpu");
    assertThat(full.slots()).isEqualTo(1);
    assertThat(full.running()).isEqualTo(1);
    LeaseHolder holder = full.heldBy().get(0);
    assertThat(full.heldBy()).hasSize(1);
    assertThat(holder.attempt()).isEqualTo(new AttemptId(first, 1));
    assertThat(holder.executionId()).isEqualTo(stored(first).executionId());
    assertThat(holder.taskId()).isEqualTo(stored(first).taskId());
    assertThat(holder.worker()).isEqualTo("w");
    assertThat(holder.alive()).isTrue();
    assertThat(waiting(holder.executionId()).running()).containsExactly(holder);
    assertThat(waiting(holder.executionId()).taskRuns()).isEmpty();
    store.updateAttempt(new AttemptId(first, 1), AttemptState.SUCCEEDED, 0);
    assertThat(reasons(second)).containsExactly(new NotClaimed("gpu", List.of("w")));
  }

  @Test
  @DisplayName(
      "a pool without slots is full with no holder, and a missing live worker is reported as well")
  void noSlots() {
    store.commit(changes().setPool("gpu", 0).build());
    assertThat(reasons(ready("gpu")))
        .containsExactly(new PoolFull("gpu", 0, 0, List.of()), new NoWorker());
  }

  @Test
  @DisplayName("ten leases of a pool are named, and all are counted")
  void manyHolders() {
    worker("w", LONG, "gpu", null);
    ExecutionId execution = execution();
    for (int i = 0; i < 12; i++) {
      ready(execution, "gpu", Duration.ZERO);
      claim("w", LONG, "gpu");
    }
    store.commit(changes().setPool("gpu", 5).build());
    PoolFull full = (PoolFull) reasons(ready("gpu")).get(0);
    assertThat(full.running()).isEqualTo(12);
    assertThat(full.heldBy()).hasSize(PoolUse.MAX_HOLDERS);
    assertThat(waiting(execution).running()).hasSize(12);
  }

  @Test
  @DisplayName("a lease that has expired, and a lease of a dead worker")
  void lostWorker() {
    TaskRunId run = ready("default");
    claim("w", MOMENT, "default");
    LeaseHolder holder = expired(stored(run).executionId());
    assertThat(holder.worker()).isEqualTo("w");
    assertThat(reasons(run)).containsExactly(new WorkerLost(holder));
    TaskRunId second = ready("other");
    worker("gone", LONG, "other", null);
    claim("gone", LONG, "other");
    assertThat(reasons(second)).isEmpty();
    store.commit(changes().retireWorker("gone", LIFE).build());
    assertThat(reasons(second).get(0)).isInstanceOf(WorkerLost.class);
    assertThat(((WorkerLost) reasons(second).get(0)).holder().worker()).isEqualTo("gone");
  }

  @Test
  @DisplayName("a start in the future, and a retry in the future")
  void later() {
    ExecutionId execution = execution();
    TaskRunId first = ready(execution, "default", LONG);
    assertThat(reasons(first).get(0)).isInstanceOf(StartsLater.class);
    TaskRunId again = taskRunIn(execution, TaskRunState.RETRYING);
    store.commit(changes().readyTaskRun(again, "default", 0, LONG).build());
    assertThat(reasons(again)).hasSize(1);
    assertThat(reasons(again).get(0)).isInstanceOf(RetriesLater.class);
    assertThat(((RetriesLater) reasons(again).get(0)).at())
        .isAfterOrEqualTo(((StartsLater) reasons(first).get(0)).at());
  }

  @Test
  @DisplayName(
      "a paused and a cancelled execution are reported, with the task runs that wait in them")
  void held() {
    ExecutionId execution = executionIn(ExecutionState.RUNNING);
    TaskRunId run = ready(execution, "default", Duration.ZERO);
    store.commit(changes().updateExecution(execution, ExecutionState.PAUSED).build());
    assertThat(waiting(execution).reasons()).containsExactly(new Paused());
    assertThat(reasons(run)).containsExactly(new Paused());
    store.commit(changes().updateExecution(execution, ExecutionState.CANCELLING).build());
    assertThat(waiting(execution).reasons()).contains(new Cancelling());
    assertThat(reasons(run)).containsExactly(new Cancelling());
    store.commit(changes().readyTaskRun(run).build());
    assertThat(waiting(execution).reasons()).contains(new Cancelling());
    assertThat(reasons(run)).containsExactly(new NoWorker());
  }

  @Test
  @DisplayName("task runs that are not ready are distinguished from those that are")
  void notReady() {
    worker("w", LONG, "default", null);
    ExecutionId execution = execution();
    TaskRunId later = taskRun(execution);
    TaskRunId now = ready(execution, "default", Duration.ZERO);
    assertThat(waiting(execution).reasons()).isEmpty();
    assertThat(reasons(later)).containsExactly(new NotReady());
    assertThat(reasons(now)).containsExactly(new NotClaimed("default", List.of("w")));
    assertThat(waiting(execution).taskRuns())
        .extracting(Waiting.Item::taskRunId)
        .containsExactly(later, now);
  }

  @Test
  @DisplayName("an execution that has not started names the started ones of its workflow")
  void parallel() {
    ExecutionId running = executionIn(ExecutionState.RUNNING);
    ExecutionId paused = executionIn(ExecutionState.RUNNING);
    store.commit(changes().updateExecution(paused, ExecutionState.PAUSED).build());
    ExecutionId pausedBeforeItBegan = executionIn(ExecutionState.PAUSED);
    executionIn(ExecutionState.SUCCEEDED);
    execution();
    ExecutionId waits = execution();
    taskRun(waits);
    assertThat(waiting(waits).reasons())
        .containsExactly(
            new ParallelLimit(
                FLOW,
                null,
                2,
                List.of(
                    new Started(running, ExecutionState.RUNNING),
                    new Started(paused, ExecutionState.PAUSED))));
    assertThat(waiting(pausedBeforeItBegan).reasons()).containsExactly(new Paused());
    ready(waits, "default", Duration.ZERO);
    assertThat(waiting(waits).reasons()).isEmpty();
  }

  @Test
  @DisplayName(
      "due executions that no worker has examined, with or without a worker, and stalled ones")
  void due() {
    ExecutionId execution = executionIn(ExecutionState.RUNNING);
    store.commit(changes().clearDue(execution, DueReason.SETTLE).build());
    assertThat(waiting(execution).reasons()).containsExactly(new Unattended());
    store.commit(changes().markDue(execution, DueReason.DEADLINE, LONG).build());
    assertThat(waiting(execution).reasons()).isEmpty();
    store.commit(changes().markDue(execution, DueReason.SETTLE, Duration.ZERO).build());
    assertThat(waiting(execution).reasons()).hasSize(2).contains(new NoWorker());
    assertThat(waiting(execution).reasons().get(0)).isInstanceOf(Due.class);
    assertThat(((Due) waiting(execution).reasons().get(0)).reason()).isEqualTo(DueReason.SETTLE);
    worker("w", LONG, "default", null);
    assertThat(waiting(execution).reasons()).hasSize(1);
  }

  @Test
  @DisplayName("every reason has a code and a message")
  void words() {
    store.commit(changes().setPool("gpu", 0).build());
    List<WaitReason> reasons = reasons(ready("gpu"));
    assertThat(reasons).extracting(WaitReason::code).containsExactly("POOL_FULL", "NO_WORKER");
    assertThat(reasons.get(0).message()).isEqualTo("pool \"gpu\" is full (0 of 0 slots in use)");
  }

  private PoolUse use(String pool) {
    return store.poolUse().stream()
        .filter(each -> each.pool().name().equals(pool))
        .findFirst()
        .orElseThrow();
  }

  @Test
  @DisplayName("the use of a pool: how many run, how many wait now, and how many workers serve it")
  void poolUse() {
    assertThat(store.poolUse()).isEmpty();
    store.commit(changes().setPool("gpu", 2).build());
    worker("w-1", LONG, "gpu", null);
    worker("w-2", LONG, "gpu,default", null);
    worker("elsewhere", LONG, "gpu", ids.executionId());
    TaskRunId first = ready("gpu");
    claim("w-1", LONG, "gpu");
    ready("gpu");
    ready(execution(), "gpu", LONG);
    PoolUse gpu = use("gpu");
    assertThat(gpu.pool()).isEqualTo(store.pools().get(0));
    assertThat(gpu.waiting()).isEqualTo(1);
    assertThat(gpu.workers()).isEqualTo(2);
    assertThat(gpu.heldBy())
        .extracting(LeaseHolder::attempt)
        .containsExactly(new AttemptId(first, 1));
    assertThat(store.poolUse()).extracting(PoolUse::pool).isEqualTo(store.pools());
  }
}
