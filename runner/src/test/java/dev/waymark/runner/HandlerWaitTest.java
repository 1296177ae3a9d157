package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Limits;
import dev.waymark.runner.api.ReceivedSignal;
import dev.waymark.runner.api.TaskHandler;
import dev.waymark.runner.definition.RetryPolicy;
import dev.waymark.testkit.Await;
import dev.waymark.testkit.InMemoryStateStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Tasks that wait for a time or a signal because their handlers ask for it. */
@DisplayName("A handler that lets its task wait")
class HandlerWaitTest extends HandlerFixture {
  private static final Payload YES = Payload.json("{\"by\":\"Ada\"}");

  private final List<String> seen = Collections.synchronizedList(new ArrayList<>());

  private void awaitState(ExecutionId id, TaskRunState state) {
    Await.until("task a " + state, () -> taskRun(id, "a").state() == state);
  }

  /** Waits for a signal once, and notes what has ended the wait. */
  private TaskHandler approval(Duration timeout) {
    return context -> {
      ReceivedSignal signal = context.signal();
      seen.add(context.attempt() + " " + (signal == null ? "none" : signal.name()));
      if (context.attempt() == 1) {
        context.awaitSignal("approved", timeout);
      } else if (signal != null) {
        context.setResult(signal.payload());
      }
    };
  }

  @Test
  @DisplayName("for a signal: it frees the worker, and the next attempt receives the signal")
  void signal() {
    ExecutionId id = start(one().task("b", "", "a").uses("it"));
    Runner runner =
        runner(
            builder()
                .concurrency(1)
                .handler(
                    "it",
                    context -> {
                      if (context.taskId().value().equals("b")) {
                        seen.add("b after " + context.resultOf("a"));
                      } else if (context.attempt() == 1) {
                        context.awaitSignal("approved", null);
                      } else {
                        context.setResult(context.signal().payload());
                      }
                    }));
    CompletableFuture<ExecutionState> end = runInBackground(runner, id);
    awaitState(id, TaskRunState.WAITING);
    assertThat(store.leases(10)).isEmpty();
    store.signal(id, "approved", YES, "decision-1");
    assertThat(end.join()).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).containsExactly("b after " + YES);
    assertThat(attemptStates(id, "a")).containsExactly("1 SUCCEEDED", "2 SUCCEEDED");
  }

  @Test
  @DisplayName("for a signal that has arrived before: the next attempt starts at once")
  void before() {
    ExecutionId id = start(one());
    store.signal(id, "approved", YES, null);
    assertThat(with(approval(null)).run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).containsExactly("1 none", "2 approved");
  }

  @Test
  @DisplayName("for a signal that does not come: the next attempt starts after the time-out")
  void timeout() {
    ExecutionId id = start(one());
    assertThat(with(approval(Duration.ofMillis(50))).run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).containsExactly("1 none", "2 none");
  }

  @Test
  @DisplayName("for a time: the next attempt starts after it, and not before")
  void sleep() {
    ExecutionId id = start(one());
    long began = System.nanoTime();
    Runner runner =
        with(
            context -> {
              if (context.attempt() < 3) {
                context.sleep(Duration.ofMillis(150));
              }
            });
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(Duration.ofMillis(300).toNanos());
    assertThat(attemptStates(id, "a")).hasSize(3);
  }

  @Test
  @DisplayName("again and again: each attempt gets its own signal, and what was saved before")
  void loop() {
    ExecutionId id = start(one());
    Runner runner =
        with(
            context -> {
              ReceivedSignal signal = context.signal();
              Payload saved = context.saved();
              String all =
                  (saved == null ? "" : saved.text())
                      + (signal == null ? "" : signal.name() + signal.number());
              context.setResult(Payload.of("text/plain", all.getBytes(StandardCharsets.UTF_8)));
              switch (context.attempt()) {
                case 1 -> context.awaitSignal("x", null);
                case 2 -> context.sleep(Duration.ZERO);
                case 3 -> context.awaitSignal("y", null);
                case 4 -> context.awaitSignal("x", null);
                default -> seen.add(all);
              }
            });
    for (String name : List.of("x", "y", "x")) {
      store.signal(id, name, null, null);
    }
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).containsExactly("x1y2x3");
  }

  @Test
  @DisplayName("a retry after the wait has the same signal, until the task waits again")
  void retry() {
    ExecutionId id = start(one().retry(new RetryPolicy(5, Duration.ZERO, 1, Duration.ZERO, 0)));
    store.signal(id, "approved", YES, null);
    Runner runner =
        with(
            context -> {
              ReceivedSignal signal = context.signal();
              seen.add(signal == null ? "none" : signal.name());
              switch (context.attempt()) {
                case 1 -> context.awaitSignal("approved", null);
                case 2, 3 -> throw new IllegalStateException("fails");
                case 4 -> context.sleep(Duration.ZERO);
                default -> {}
              }
            });
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).containsExactly("none", "approved", "approved", "approved", "none");
  }

  @Test
  @DisplayName("has all of its retries again after each wait")
  void retriesAgain() {
    ExecutionId id = start(one().retry(new RetryPolicy(2, Duration.ZERO, 1, Duration.ZERO, 0)));
    Runner runner =
        with(
            context -> {
              int attempt = context.attempt();
              if (attempt % 2 == 1) {
                throw new IllegalStateException("fails");
              }
              if (attempt < 8) {
                context.sleep(Duration.ZERO);
              }
            });
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(attemptStates(id, "a")).hasSize(8);
  }

  @Test
  @DisplayName("does not wait when it throws after it has asked for it")
  void throwing() {
    ExecutionId id = start(one().retry(new RetryPolicy(1, Duration.ZERO, 1, Duration.ZERO, 0)));
    Runner runner =
        with(
            context -> {
              context.awaitSignal("approved", null);
              throw new IllegalStateException("fails");
            });
    assertThat(runner.run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(states(id)).containsEntry("a", TaskRunState.FAILED);
  }

  @Test
  @DisplayName("is cancelled with its execution while it waits, and the signal is kept")
  void cancelled() {
    ExecutionId id = start(one());
    Runner runner = with(approval(null));
    CompletableFuture<ExecutionState> end = runInBackground(runner, id);
    awaitState(id, TaskRunState.WAITING);
    Runner.cancel(store, id);
    assertThat(end.join()).isEqualTo(ExecutionState.CANCELLED);
    assertThat(states(id)).containsEntry("a", TaskRunState.CANCELLED);
    nothingIsLive(id);
  }

  @Test
  @DisplayName("is cancelled while it waits when another task fails")
  void failsFast() {
    CountDownLatch waits = new CountDownLatch(1);
    ExecutionId id =
        start(
            flow("flow")
                .task("a", "")
                .uses("it")
                .task("b", "")
                .uses("fail")
                .retry(new RetryPolicy(1, Duration.ZERO, 1, Duration.ZERO, 0)));
    Runner runner =
        runner(
            builder()
                .handler("it", approval(null))
                .handler(
                    "fail",
                    context -> {
                      waits.await();
                      throw new IllegalStateException("fails");
                    }));
    CompletableFuture<ExecutionState> end = runInBackground(runner, id);
    awaitState(id, TaskRunState.WAITING);
    waits.countDown();
    assertThat(end.join()).isEqualTo(ExecutionState.FAILED);
    assertThat(states(id)).containsEntry("a", TaskRunState.CANCELLED);
  }

  @Test
  @DisplayName("ends with the time-out of its execution while it waits")
  void deadline() {
    ExecutionId id = start(one().executionTimeout(Duration.ofMillis(300)));
    assertThat(with(approval(null)).run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(states(id)).containsEntry("a", TaskRunState.FAILED);
  }

  @Test
  @DisplayName("waits on while no worker runs, and any other worker goes on with it")
  void otherWorker() {
    store = openSqlite();
    ExecutionId id = start(one());
    Runner first = with(approval(null));
    CompletableFuture<ExecutionState> unused = runInBackground(first, id);
    awaitState(id, TaskRunState.WAITING);
    first.stop();
    openSqlite().signal(id, "approved", YES, null);
    assertThat(with(approval(null)).run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).containsExactly("1 none", "2 approved");
  }

  @Test
  @DisplayName("is woken while its execution is paused, and goes on after that")
  void paused() {
    ExecutionId id = start(one());
    Runner runner = with(approval(null));
    CompletableFuture<ExecutionState> end = runInBackground(runner, id);
    awaitState(id, TaskRunState.WAITING);
    Runner.pause(store, id);
    store.signal(id, "approved", YES, null);
    runner.resume(id);
    assertThat(end.join()).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).containsExactly("1 none", "2 approved");
  }

  @Test
  @DisplayName("goes on after a pause in which its time was over")
  void timePassesDuringPause() {
    ExecutionId id = start(one());
    Runner runner =
        with(
            context -> {
              if (context.attempt() == 1) {
                context.sleep(Duration.ofMillis(300));
              }
            });
    CompletableFuture<ExecutionState> end = runInBackground(runner, id);
    awaitState(id, TaskRunState.WAITING);
    Runner.pause(store, id);
    CompletableFuture<Void> unused = workInBackground(runner(builder().handler("it", t -> {})));
    awaitState(id, TaskRunState.PENDING);
    runner.resume(id);
    assertThat(end.join()).isEqualTo(ExecutionState.SUCCEEDED);
  }

  @Test
  @DisplayName("fails when no further attempt is possible")
  void lastAttempt() {
    store = new InMemoryStateStore(InstantSource.system(), Limits.builder().maxAttempts(2).build());
    ExecutionId id = start(one());
    assertThat(with(context -> context.sleep(Duration.ZERO)).run(id))
        .isEqualTo(ExecutionState.FAILED);
    assertThat(attemptStates(id, "a")).containsExactly("1 SUCCEEDED", "2 SUCCEEDED");
  }

  @Test
  @DisplayName("gets an error at once for a name or a time that is not valid")
  void badInput() {
    ExecutionId id = start(one());
    AtomicBoolean refused = new AtomicBoolean();
    Runner runner =
        with(
            context -> {
              for (Runnable bad :
                  List.<Runnable>of(
                      () -> context.awaitSignal("two words", null),
                      () -> context.awaitSignal("a", Duration.ofMillis(-1)),
                      () -> context.sleep(Duration.ofDays(9_999)))) {
                assertThatThrownBy(bad::run).isInstanceOf(InvalidInputException.class);
              }
              refused.set(true);
            });
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(refused).isTrue();
  }
}
