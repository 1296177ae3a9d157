package dev.waymark.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.conflict.ConflictException;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Await;
import dev.waymark.worker.api.Handler;
import dev.waymark.worker.api.Next;
import dev.waymark.worker.api.Result;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A worker that is closed")
class CloseTest extends WorkerFixture {
  private static final Next ONE =
      (progress, plan) -> {
        plan.run("task");
        if (progress.succeeded("task")) {
          plan.succeed();
        }
      };

  private final CountDownLatch began = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  /** A handler that waits until the test goes on. */
  private final Handler waiting =
      (claimed, context) -> {
        began.countDown();
        goOn.await();
        return Result.success();
      };

  private Worker.Builder worker(StateStore store) {
    return Worker.builder(store).lease(LONG).handle(waiting).next(ONE);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("waits for its attempts, records them, and starts nothing new")
  void drains(Backend backend) throws InterruptedException {
    StateStore store = use(backend);
    Worker worker = start(worker(store).concurrency(2));
    ExecutionId id = submit(store);
    began.await();
    CompletableFuture<Void> closed = CompletableFuture.runAsync(worker::close);
    Await.until("it stops", () -> !worker.isRunning());
    ExecutionId later = submit(store);
    goOn.countDown();
    closed.join();
    assertThat(attempts(store, id, "task")).containsExactly(AttemptState.SUCCEEDED);
    ended(store, id, ExecutionState.SUCCEEDED);
    assertThat(store.taskRuns(later)).allMatch(run -> run.lastAttempt() == 0);
    assertThat(store.workers()).noneMatch(each -> each.alive());
    Worker.cancel(store, later);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("gives up what does not end in time, and others take it over at once")
  void givesUp(Backend backend) throws InterruptedException {
    StateStore store = use(backend);
    Worker worker = start(worker(store).drain(Duration.ofMillis(50)));
    ExecutionId id = submit(store);
    began.await();
    worker.close();
    assertThat(state(store, id, "task")).isEqualTo(TaskRunState.RETRYING);
    assertThat(lastAttempt(store, id, "task").error()).isEqualTo("worker stopped");
    start(
        Worker.builder(another(backend)).handle((claimed, context) -> Result.success()).next(ONE));
    ended(store, id, ExecutionState.SUCCEEDED);
    assertThat(attempts(store, id, "task"))
        .containsExactly(AttemptState.CANCELLED, AttemptState.SUCCEEDED);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("also gives up a handler that ignores its interrupt, and discards its result")
  void ignoresInterrupt(Backend backend) throws InterruptedException {
    StateStore store = use(backend);
    CountDownLatch returned = new CountDownLatch(1);
    Worker worker =
        start(
            Worker.builder(store)
                .lease(LONG)
                .drain(Duration.ZERO)
                .grace(Duration.ofMillis(50))
                .handle(
                    (claimed, context) -> {
                      began.countDown();
                      while (goOn.getCount() > 0) {
                        try {
                          goOn.await();
                        } catch (InterruptedException e) {
                          assertThat(context.isCancelled()).isTrue();
                        }
                      }
                      returned.countDown();
                      return Result.success(json("too late"));
                    })
                .next(ONE));
    ExecutionId id = submit(store);
    began.await();
    worker.close();
    assertThat(state(store, id, "task")).isEqualTo(TaskRunState.RETRYING);
    goOn.countDown();
    returned.await();
    assertThat(attempts(store, id, "task")).containsExactly(AttemptState.CANCELLED);
    Worker.cancel(store, id);
  }

  @Test
  @DisplayName("records a result that its handler returns after the interrupt, in time")
  void resultInTime() throws InterruptedException {
    StateStore store = use(Backend.SQLITE);
    Worker worker =
        start(
            Worker.builder(store)
                .drain(Duration.ZERO)
                .handle(
                    (claimed, context) -> {
                      began.countDown();
                      try {
                        goOn.await();
                      } catch (InterruptedException e) {
                        return Result.success(json("half"));
                      }
                      return Result.success();
                    })
                .next(ONE));
    ExecutionId id = submit(store);
    began.await();
    worker.close();
    assertThat(attempts(store, id, "task")).containsExactly(AttemptState.SUCCEEDED);
  }

  @Test
  @DisplayName("cannot be closed by its own handler")
  void byItsHandler() throws InterruptedException {
    StateStore store = use(Backend.MEMORY);
    CompletableFuture<Worker> own = new CompletableFuture<>();
    Worker worker =
        start(
            Worker.builder(store)
                .handle(
                    (claimed, context) -> {
                      assertThatThrownBy(() -> own.join().close())
                          .isInstanceOf(IllegalStateException.class)
                          .hasMessageContaining("a handler may not close its worker");
                      return Result.success();
                    })
                .next(ONE));
    own.complete(worker);
    ended(store, submit(store), ExecutionState.SUCCEEDED);
    assertThat(worker.isRunning()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("has a name that is free again; that of a living worker is refused")
  void names(Backend backend) {
    StateStore store = use(backend);
    Worker first = start(worker(store).name("billing-1"));
    Worker.Builder second = worker(another(backend)).name("billing-1");
    assertThatThrownBy(second::start)
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("billing-1");
    first.close();
    Worker again = start(second);
    assertThat(again.name()).isEqualTo("billing-1");
    assertThatThrownBy(first::start).isInstanceOf(IllegalStateException.class);
    first.close();
  }

  @Test
  @DisplayName("need not have been started")
  void neverStarted() {
    Worker worker = worker(use(Backend.MEMORY)).build();
    assertThat(worker.isRunning()).isFalse();
    worker.close();
    assertThatThrownBy(worker::start).isInstanceOf(IllegalStateException.class);
  }
}
