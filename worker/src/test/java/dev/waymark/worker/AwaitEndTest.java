package dev.waymark.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.conflict.NotFoundException;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.store.ForwardingStateStore;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Await;
import dev.waymark.worker.api.Result;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("The wait for the end of an execution")
class AwaitEndTest extends WorkerFixture {

  /** Counts the reads of executions. */
  private static final class Counting extends ForwardingStateStore {
    private final AtomicInteger reads = new AtomicInteger();

    Counting(StateStore store) {
      super(store);
    }

    @Override
    public @Nullable Execution execution(ExecutionId id) {
      reads.incrementAndGet();
      return super.execution(id);
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("returns when a worker of this process ends it, on another store too")
  void here(Backend backend) throws Exception {
    StateStore store = use(backend);
    Counting other = new Counting(another(backend));
    CountDownLatch goOn = new CountDownLatch(1);
    start(
        Worker.builder(store)
            .handle(
                (claimed, context) -> {
                  goOn.await();
                  return Result.success();
                })
            .next(
                (progress, plan) -> {
                  plan.run("task");
                  if (progress.isFinished()) {
                    plan.succeed();
                  }
                }));
    ExecutionId id = submit(store);
    FutureTask<@Nullable Execution> wait = new FutureTask<>(() -> Worker.awaitEnd(other, id, LONG));
    Thread waiting = new Thread(wait);
    waiting.start();
    Await.until("it waits", () -> waiting.getState() == Thread.State.TIMED_WAITING);
    goOn.countDown();
    Execution ended = wait.get(1, TimeUnit.MINUTES);
    assertThat(ended).isEqualTo(store.execution(id));
    assertThat(ended.state()).isEqualTo(ExecutionState.SUCCEEDED);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("notices an end of which nothing notifies, and reads seldom meanwhile")
  void elsewhere(Backend backend) throws Exception {
    StateStore store = use(backend);
    Counting other = new Counting(another(backend));
    ExecutionId id = Ids.system().executionId();
    store.createExecution(new NewExecution(id, FLOW));
    assertThat(Worker.awaitEnd(other, id, Duration.ofMillis(1_200))).isNull();
    assertThat(other.reads.get()).isBetween(3, 10);
    FutureTask<@Nullable Execution> wait = new FutureTask<>(() -> Worker.awaitEnd(other, id, LONG));
    Thread waiting = new Thread(wait);
    waiting.start();
    Await.until("it waits", () -> waiting.getState() == Thread.State.TIMED_WAITING);
    store.updateExecution(id, ExecutionState.CANCELLED, 1);
    assertThat(wait.get(1, TimeUnit.MINUTES).state()).isEqualTo(ExecutionState.CANCELLED);
  }

  @Test
  @DisplayName("is not a busy loop while the store notifies all the time")
  void notifiedOften() throws Exception {
    StateStore store = use(Backend.MEMORY);
    Counting counting = new Counting(store);
    ExecutionId id = Ids.system().executionId();
    store.createExecution(new NewExecution(id, FLOW));
    CountDownLatch over = new CountDownLatch(1);
    Thread noise =
        new Thread(
            () -> {
              while (over.getCount() > 0) {
                Worker.submit(store, new NewExecution(id, FLOW));
              }
            });
    noise.start();
    assertThat(Worker.awaitEnd(counting, id, Duration.ofMillis(500))).isNull();
    over.countDown();
    noise.join();
    assertThat(counting.reads.get()).isLessThan(40);
    Worker.cancel(store, id);
  }

  @Test
  @DisplayName("only reads without a time, fails for an unknown execution, and can be interrupted")
  void corners() throws Exception {
    StateStore store = use(Backend.MEMORY);
    ExecutionId id = Ids.system().executionId();
    assertThatThrownBy(() -> Worker.awaitEnd(store, id, LONG))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining(id.toString());
    store.createExecution(new NewExecution(id, FLOW));
    assertThat(Worker.awaitEnd(store, id, Duration.ofSeconds(-1))).isNull();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> Worker.awaitEnd(store, id, Duration.ofSeconds(Long.MAX_VALUE)))
        .isInstanceOf(InterruptedException.class);
    store.updateExecution(id, ExecutionState.CANCELLED, 1);
    assertThat(Worker.awaitEnd(store, id, Duration.ZERO)).isEqualTo(store.execution(id));
  }
}
