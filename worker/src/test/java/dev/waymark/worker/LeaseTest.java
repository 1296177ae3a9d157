package dev.waymark.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.ForwardingStateStore;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Await;
import dev.waymark.worker.api.Next;
import dev.waymark.worker.api.Result;
import dev.waymark.worker.api.WorkerListener;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A lease of a worker")
class LeaseTest extends WorkerFixture {
  private static final Duration LEASE = Duration.ofMillis(1_500);

  private static final Next ONE =
      (progress, plan) -> {
        plan.run("task");
        if (progress.succeeded("task")) {
          plan.succeed();
        }
      };

  /** A store that no renewal and no claim reaches once it is cut off. */
  private static final class CutOff extends ForwardingStateStore {
    private final AtomicBoolean cut = new AtomicBoolean();

    CutOff(StateStore store) {
      super(store);
    }

    @Override
    public Claims claim(ClaimRequest request) {
      if (cut.get()) {
        throw new StoreUnavailableException("cut off on purpose by a test", null);
      }
      return super.claim(request);
    }

    @Override
    public CommitResult commit(ChangeSet changes) {
      boolean renews = changes.changes().stream().anyMatch(Change.RenewLease.class::isInstance);
      if (renews && cut.get()) {
        throw new StoreUnavailableException("cut off on purpose by a test", null);
      }
      return super.commit(changes);
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("that is lost interrupts its handler, and its late result is refused")
  void lost(Backend backend) throws InterruptedException {
    StateStore store = use(backend);
    CutOff cut = new CutOff(another(backend));
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    CountDownLatch secondDone = new CountDownLatch(1);
    CountDownLatch discarded = new CountDownLatch(1);
    start(
        Worker.builder(cut)
            .name("cut-off")
            .lease(LEASE)
            .storeRetryTimeout(Duration.ZERO)
            .grace(Duration.ZERO)
            .drain(Duration.ZERO)
            .listener(
                new WorkerListener() {
                  @Override
                  public void resultDiscarded(Claims.Claimed claimed) {
                    discarded.countDown();
                  }
                })
            .handle(
                (claimed, context) -> {
                  cut.cut.set(true);
                  began.countDown();
                  uninterruptibly(secondDone, interrupted);
                  return Result.success(json("late"));
                })
            .next(ONE));
    ExecutionId id = submit(store);
    began.await();
    start(
        Worker.builder(store)
            .name("second")
            .handle((claimed, context) -> Result.success(json("second")))
            .next(ONE));
    interrupted.await();
    ended(store, id, ExecutionState.SUCCEEDED);
    secondDone.countDown();
    discarded.await();
    assertThat(attempts(store, id, "task"))
        .containsExactly(AttemptState.LOST, AttemptState.SUCCEEDED);
    assertThat(store.payload(PayloadRef.resultOf(taskRun(store, id, "task").id())))
        .isEqualTo(json("second"));
    cut.cut.set(false);
  }

  /** Waits for a latch like a handler that ignores its interrupt. */
  private static void uninterruptibly(CountDownLatch until, CountDownLatch interrupted) {
    while (until.getCount() > 0) {
      try {
        until.await();
      } catch (InterruptedException e) {
        interrupted.countDown();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("is renewed while its handler runs, also beside one that has ended")
  void renewed(Backend backend) throws InterruptedException {
    StateStore store = use(backend);
    CountDownLatch stopped = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicInteger running = new AtomicInteger();
    start(
        Worker.builder(store)
            .lease(LEASE)
            .handle(
                (claimed, context) -> {
                  running.incrementAndGet();
                  try {
                    goOn.await();
                  } catch (InterruptedException e) {
                    stopped.countDown();
                    throw e;
                  }
                  return Result.success();
                })
            .next(ONE));
    ExecutionId cancelled = submit(store);
    ExecutionId other = submit(store);
    Await.until("both run", () -> running.get() == 2);
    assertThat(Worker.cancel(another(backend), cancelled)).isEqualTo(ExecutionState.CANCELLED);
    stopped.await();
    long leases = System.nanoTime() + 2 * LEASE.toNanos();
    Await.until("two leases are over", () -> System.nanoTime() > leases);
    goOn.countDown();
    ended(store, other, ExecutionState.SUCCEEDED);
    assertThat(attempts(store, other, "task")).containsExactly(AttemptState.SUCCEEDED);
    assertThat(attempts(store, cancelled, "task")).containsExactly(AttemptState.CANCELLED);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("of a dead worker is recovered, and a task that is lost too often fails")
  void recovered(Backend backend) throws InterruptedException {
    StateStore store = use(backend);
    ExecutionId id = submit(store);
    var run = new NewTaskRun(Ids.system().taskRunId(), id, new TaskId("task"));
    store.commit(ChangeSet.builder().createTaskRun(run).readyTaskRun(run.id()).build());
    assertThat(store.claim(ClaimRequest.of("dead", 1, Duration.ofMillis(100))).claimed())
        .hasSize(1);
    start(
        Worker.builder(store)
            .maxLost(1)
            .handle((claimed, context) -> Result.success())
            .next(
                (progress, plan) -> {
                  if (progress.failed("task")) {
                    plan.fail(progress.failures());
                  }
                }));
    assertThat(ended(store, id, ExecutionState.FAILED).error())
        .isEqualTo("task task: lease expired: worker dead stopped renewing it");
  }
}
