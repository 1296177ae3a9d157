package dev.waymark.testkit.contract.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims.Claimed;
import dev.waymark.core.store.Outcome;
import dev.waymark.core.store.Pool;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.Subscription;
import dev.waymark.testkit.contract.base.ContractTest;
import dev.waymark.testkit.contract.base.Parallel;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Pools: the maximum number of their task runs that may run at the same time, over all workers.
 *
 * @since 0.1.0
 */
public abstract class PoolContract extends ContractTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final String DEFAULT = ClaimRequest.DEFAULT_POOL;

  /** For backends that run this topic alone. */
  protected PoolContract() {}

  private Outcome bound(String pool, @Nullable Integer slots) {
    return store.commit(changes().setPool(pool, slots).build()).outcomes().get(0);
  }

  private TaskRunId ready(ExecutionId execution, String pool, int priority) {
    TaskRunId id = taskRun(execution);
    store.commit(changes().readyTaskRun(id, pool, priority, Duration.ZERO).build());
    return id;
  }

  /** Creates this number of task runs of one execution that are ready in a pool. */
  private List<TaskRunId> ready(int count, String pool) {
    ExecutionId execution = execution();
    return IntStream.range(0, count).mapToObj(i -> ready(execution, pool, 0)).toList();
  }

  private static ClaimRequest request(int limit, String... pools) {
    return new ClaimRequest("worker-1", limit, LONG, Set.of(pools));
  }

  private List<TaskRunId> claim(int limit, String... pools) {
    return ids(store.claim(request(limit, pools)).claimed());
  }

  private static List<TaskRunId> ids(List<Claimed> claimed) {
    return claimed.stream().map(each -> each.taskRun().id()).toList();
  }

  private void end(TaskRunId run) {
    store.updateAttempt(new AttemptId(run, 1), AttemptState.SUCCEEDED, 0);
  }

  private Pool pool(String name) {
    return store.pools().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  @DisplayName("a pool with a limit never runs more task runs than it has slots")
  void held() {
    bound("gpu", 2);
    List<TaskRunId> runs = ready(5, "gpu");
    assertThat(claim(1, "gpu")).isEqualTo(runs.subList(0, 1));
    assertThat(claim(10, "gpu")).isEqualTo(runs.subList(1, 2));
    assertThat(claim(10, "gpu")).isEmpty();
    assertThat(pool("gpu")).isEqualTo(new Pool("gpu", 2, 2, 3));
    end(runs.get(0));
    assertThat(claim(10, "gpu")).isEqualTo(runs.subList(2, 3));
    end(runs.get(1));
    end(runs.get(2));
    assertThat(claim(10, "gpu")).isEqualTo(runs.subList(3, 5));
    assertThat(pool("gpu")).isEqualTo(new Pool("gpu", 2, 2, 0));
  }

  @Test
  @DisplayName("an expired lease keeps its slot until the attempt is declared LOST")
  void expired() {
    bound("gpu", 1);
    List<TaskRunId> runs = ready(2, "gpu");
    store.claim(new ClaimRequest("w", 1, Duration.ofMillis(1), Set.of("gpu")));
    while (store.claim(request(0, "gpu")).expired().isEmpty()) {
      Thread.onSpinWait();
    }
    assertThat(claim(10, "gpu")).isEmpty();
    store.commit(changes().loseAttempt(new AttemptId(runs.get(0), 1)).build());
    assertThat(claim(10, "gpu")).isEqualTo(runs.subList(1, 2));
  }

  @Test
  @DisplayName("a limit that is raised, lowered or removed applies at once")
  void changed() {
    List<TaskRunId> runs = ready(9, "gpu");
    bound("gpu", 0);
    assertThat(claim(10, "gpu")).isEmpty();
    bound("gpu", 1);
    assertThat(claim(10, "gpu")).hasSize(1);
    bound("gpu", 4);
    assertThat(claim(10, "gpu")).isEqualTo(runs.subList(1, 4));
    bound("gpu", 2);
    end(runs.get(0));
    end(runs.get(1));
    assertThat(claim(10, "gpu")).isEmpty();
    end(runs.get(2));
    assertThat(claim(10, "gpu")).isEqualTo(runs.subList(4, 5));
    bound("gpu", null);
    assertThat(claim(10, "gpu")).isEqualTo(runs.subList(5, 9));
    assertThat(pool("gpu")).isEqualTo(new Pool("gpu", null, 6, 0));
  }

  @Test
  @DisplayName(
      "higher priority and then greater age goes first, across pools with and without a limit")
  void order() {
    bound("a", 2);
    bound("b", 1);
    ExecutionId execution = execution();
    TaskRunId a0 = ready(execution, "a", 0);
    TaskRunId d5 = ready(execution, DEFAULT, 5);
    TaskRunId b5 = ready(execution, "b", 5);
    TaskRunId b4 = ready(execution, "b", 4);
    TaskRunId a9 = ready(execution, "a", 9);
    TaskRunId a7 = ready(execution, "a", 7);
    TaskRunId d0 = ready(execution, DEFAULT, 0);
    assertThat(claim(2, "a", "b", DEFAULT)).containsExactly(a9, a7);
    assertThat(claim(1, "a", "b", DEFAULT)).containsExactly(d5);
    assertThat(claim(9, "a", "b", DEFAULT)).containsExactly(b5, d0);
    end(b5);
    end(a9);
    assertThat(claim(1, "a", "b", DEFAULT)).containsExactly(b4);
    assertThat(claim(9, "a", "b", DEFAULT)).containsExactly(a0);
  }

  @Test
  @DisplayName("a candidate that the claim has no room for stays ready")
  void leftOver() {
    bound("a", 3);
    bound("b", 3);
    ready(3, "a");
    ready(3, "b");
    ready(3, DEFAULT);
    assertThat(claim(2, "a", "b", DEFAULT)).hasSize(2);
    assertThat(store.pools())
        .containsExactly(
            new Pool("a", 3, 2, 1), new Pool("b", 3, 0, 3), new Pool(DEFAULT, null, 0, 3));
    assertThat(claim(9, "a", "b", DEFAULT)).hasSize(7);
  }

  @Test
  @DisplayName("a limit applies to its pools, whichever pools the worker serves")
  void others() {
    bound("gpu", 0);
    List<TaskRunId> runs = ready(2, "cpu");
    ready(2, "gpu");
    assertThat(claim(9, "cpu")).isEqualTo(runs);
    assertThat(claim(9, "cpu", "gpu")).isEmpty();
  }

  @Test
  @DisplayName("a limit applies to a claim within one execution")
  void withinOne() {
    bound("gpu", 2);
    List<TaskRunId> first = ready(2, "gpu");
    List<TaskRunId> second = ready(3, "gpu");
    TaskRunId free = ready(stored(second.get(0)).executionId(), DEFAULT, -1);
    ExecutionId execution = stored(second.get(0)).executionId();
    assertThat(claim(1, "gpu")).isEqualTo(first.subList(0, 1));
    ClaimRequest within = request(9, "gpu", DEFAULT).within(execution);
    assertThat(ids(store.claim(within).claimed())).containsExactly(second.get(0), free);
    assertThat(store.claim(within).claimed()).isEmpty();
    end(first.get(0));
    assertThat(ids(store.claim(within).claimed())).containsExactly(second.get(1));
  }

  @Test
  @DisplayName("a task run that may not start takes no slot")
  void mayNotStart() {
    bound("gpu", 1);
    List<TaskRunId> held = ready(1, "gpu");
    List<TaskRunId> runs = ready(1, "gpu");
    store.updateExecution(stored(held.get(0)).executionId(), ExecutionState.PAUSED, 1);
    assertThat(claim(9, "gpu")).isEmpty();
    assertThat(claim(9, "gpu")).isEqualTo(runs);
  }

  @Test
  @DisplayName("an attempt that is recorded with a lease counts in the default pool")
  void recorded() {
    bound(DEFAULT, 1);
    TaskRunId run = taskRunIn(executionIn(ExecutionState.RUNNING), TaskRunState.RUNNING);
    store.commit(changes().add(new Change.RecordAttempt(run, "w", LONG)).build());
    List<TaskRunId> runs = ready(1, DEFAULT);
    assertThat(claim(9, DEFAULT)).isEmpty();
    end(run);
    store.recordAttempt(run, "without a lease");
    assertThat(claim(9, DEFAULT)).isEqualTo(runs);
  }

  @Test
  @DisplayName("concurrent claims together get exactly the number of slots")
  void together() {
    bound("gpu", 7);
    ready(30, "gpu");
    List<StateStore> stores = stores(4);
    List<Integer> got =
        Parallel.run(8, thread -> stores.get(thread % 4).claim(request(3, "gpu")).claimed().size());
    assertThat(got.stream().mapToInt(Integer::intValue).sum()).isEqualTo(7);
    assertThat(pool("gpu")).isEqualTo(new Pool("gpu", 7, 7, 23));
  }

  private List<StateStore> stores(int count) {
    return IntStream.range(0, count).mapToObj(i -> openAnother()).toList();
  }

  @Test
  @DisplayName(
      "while many workers claim and end, no more run than the slots, and all task runs end")
  void overTime() {
    bound("gpu", 3);
    bound("cpu", 1);
    int all = 40;
    ready(all / 2, "gpu");
    ready(all / 2, "cpu");
    List<StateStore> stores = stores(4);
    AtomicInteger ended = new AtomicInteger();
    Parallel.run(
        8,
        thread -> {
          StateStore mine = stores.get(thread % 4);
          while (ended.get() < all) {
            for (Claimed each : mine.claim(request(2, "gpu", "cpu")).claimed()) {
              withinBounds(mine.pools());
              mine.updateAttempt(each.attempt().id(), AttemptState.SUCCEEDED, 0);
              ended.incrementAndGet();
            }
          }
          return 0;
        });
    assertThat(ended).hasValue(all);
    assertThat(store.pools()).containsExactly(new Pool("cpu", 1, 0, 0), new Pool("gpu", 3, 0, 0));
  }

  private static void withinBounds(List<Pool> pools) {
    assertThat(pools).allMatch(pool -> pool.slots() == null || pool.running() <= pool.slots());
  }

  @Test
  @DisplayName("pools are listed that have a limit, ready task runs or running task runs")
  void listed() {
    assertThat(store.pools()).isEmpty();
    bound("b", 5);
    ready(2, "a-1");
    List<TaskRunId> runs = ready(1, "C");
    store.commit(
        changes().readyTaskRun(taskRun(execution()), "a.late", 0, Duration.ofMinutes(9)).build());
    claim(9, "C");
    assertThat(store.pools())
        .containsExactly(
            new Pool("C", null, 1, 0),
            new Pool("a-1", null, 0, 2),
            new Pool("a.late", null, 0, 1),
            new Pool("b", 5, 0, 0));
    end(runs.get(0));
    bound("b", null);
    assertThat(store.pools()).extracting(Pool::name).containsExactly("a-1", "a.late");
  }

  @Test
  @DisplayName("setting a limit reports whether it has changed")
  void outcomes() {
    assertThat(bound("gpu", null).changed()).isFalse();
    assertThat(bound("gpu", 1)).isEqualTo(new Outcome(RecordRef.ofPool("gpu"), 0, true));
    assertThat(bound("gpu", 1).changed()).isFalse();
    assertThat(
            store
                .commit(changes().setPool("gpu", 2).setPool("gpu", null).setPool("gpu", 3).build())
                .outcomes())
        .extracting(Outcome::changed)
        .containsExactly(true, true, true);
    assertThat(pool("gpu").slots()).isEqualTo(3);
    assertThat(bound("gpu", null).changed()).isTrue();
    assertThat(store.pools()).isEmpty();
  }

  @Test
  @DisplayName("a limit out of range, or for an invalid pool, is refused")
  void badInput() {
    invalid(() -> bound("gpu", -1), "-1 slots", "pool gpu");
    invalid(() -> bound("gpu", 100_001), "100001 slots");
    invalid(() -> bound("no pool", 1), "no pool");
    assertThat(bound("gpu", 100_000).changed()).isTrue();
    assertThat(bound("gpu", 0).changed()).isTrue();
  }

  @Test
  @DisplayName("listeners are called when a limit changes")
  void called() throws InterruptedException {
    CountDownLatch calls = new CountDownLatch(1);
    Subscription subscription = store.onReady(calls::countDown);
    bound("gpu", 1);
    assertThat(calls.await(60, TimeUnit.SECONDS)).isTrue();
    subscription.close();
  }
}
