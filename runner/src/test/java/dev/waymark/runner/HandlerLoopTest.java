package dev.waymark.runner;

import static dev.waymark.runner.Flows.flow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Limits;
import dev.waymark.runner.api.RunListener;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.runner.api.TaskContext;
import dev.waymark.runner.api.TaskHandler;
import dev.waymark.runner.api.TaskRunProgress;
import dev.waymark.runner.definition.RetryPolicy;
import dev.waymark.runner.definition.Stage;
import dev.waymark.testkit.Await;
import dev.waymark.testkit.InMemoryStateStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tasks that run several times in one execution because their handlers ask for it. */
@DisplayName("A handler that lets its task run again")
class HandlerLoopTest extends HandlerFixture {
  private static final RetryPolicy ONCE = retry(1);

  private final List<String> seen = Collections.synchronizedList(new ArrayList<>());

  private static RetryPolicy retry(int attempts) {
    return new RetryPolicy(attempts, Duration.ZERO, 1, Duration.ZERO, 0);
  }

  /** Passes the numbers of its iterations on, up to this number, and returns all of them. */
  private TaskHandler upTo(int last) {
    return context -> {
      String all = passed(context) + context.iteration();
      seen.add(all);
      context.setResult(text(all));
      if (context.iteration() < last) {
        context.again(text(all));
      }
    };
  }

  private static String passed(TaskContext context) {
    Payload input = context.iterationInput();
    return input == null ? "" : input.text();
  }

  private static Payload text(String text) {
    return Payload.of("text/plain", text.getBytes(StandardCharsets.UTF_8));
  }

  private static Flows.Flow two() {
    return one().task("b", "", "a").uses("then");
  }

  private TaskHandler noteResult() {
    return context -> seen.add("b: " + Objects.requireNonNull(context.resultOf("a")).text());
  }

  @Test
  @DisplayName("has one task run for each iteration, each with what the one before has passed on")
  void five() {
    ExecutionId id = start(one());
    Set<String> keys = Collections.synchronizedSet(new HashSet<>());
    Runner runner =
        with(
            context -> {
              keys.add(context.idempotencyKey());
              assertThat(context.taskId()).isEqualTo(new TaskId("a"));
              assertThat(context.attempt()).isEqualTo(1);
              assertThat(context.saved()).isNull();
              upTo(5).run(context);
            });
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).containsExactly("1", "12", "123", "1234", "12345");
    assertThat(store.taskRuns(id).stream().map(run -> run.taskId().value()))
        .containsExactly("a", "a#2", "a#3", "a#4", "a#5");
    assertThat(states(id).values()).containsOnly(TaskRunState.SUCCEEDED);
    assertThat(keys).hasSize(5);
    nothingIsLive(id);
  }

  @Test
  @DisplayName("lets those wait that need the task, which receive the last result")
  void dependants() {
    ExecutionId id = start(two());
    Runner runner = runner(builder().handler("it", upTo(4)).handler("then", noteResult()));
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).containsExactly("1", "12", "123", "1234", "b: 1234");
  }

  @Test
  @DisplayName("receives the results of its needs in every iteration")
  void needs() {
    ExecutionId id = start(flow("flow").task("b", "").uses("first").task("a", "", "b").uses("it"));
    Runner runner =
        runner(
            builder()
                .handler("first", context -> context.output("x", "1"))
                .handler(
                    "it",
                    context -> {
                      seen.add(context.need("b", "x"));
                      if (context.iteration() < 3) {
                        context.again();
                      }
                    }));
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).containsExactly("1", "1", "1");
  }

  @Test
  @DisplayName("has all retries in each iteration")
  void retries() {
    ExecutionId id = start(one().retry(retry(2)));
    Runner runner =
        with(
            context -> {
              if (context.attempt() == 1) {
                context.again(text("lost with the failure"));
                throw new IllegalStateException("fails");
              }
              upTo(3).run(context);
            });
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).containsExactly("1", "12", "123");
    for (String task : List.of("a", "a#2", "a#3")) {
      assertThat(attemptStates(id, task)).containsExactly("1 FAILED", "2 SUCCEEDED");
    }
  }

  @Test
  @DisplayName("fails with its iteration, and those that need the task do not run")
  void failure() {
    ExecutionId id = start(two().retry(ONCE));
    Runner runner =
        runner(
            builder()
                .handler("then", noteResult())
                .handler(
                    "it",
                    context -> {
                      if (context.iteration() == 3) {
                        throw new IllegalStateException("the model is gone");
                      }
                      context.again();
                    }));
    assertThat(runner.run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(error(id)).isEqualTo("task \"a#3\" failed after 1 attempt: the model is gone");
    assertThat(states(id))
        .containsEntry("a", TaskRunState.SUCCEEDED)
        .containsEntry("a#3", TaskRunState.FAILED)
        .containsEntry("b", TaskRunState.SKIPPED)
        .hasSize(4);
  }

  @Test
  @DisplayName("does not go on when another task has failed")
  void failsFast() {
    CountDownLatch failed = new CountDownLatch(1);
    ExecutionId id = start(one().task("b", "").uses("then").retry(ONCE));
    Runner runner =
        runner(
            builder()
                .concurrency(2)
                .handler(
                    "then",
                    context -> {
                      throw new IllegalStateException("fails");
                    })
                .handler(
                    "it",
                    context -> {
                      await(failed);
                      context.again();
                    }));
    CompletableFuture<ExecutionState> end = runInBackground(runner, id);
    Await.until("the failure", () -> taskRun(id, "b").state() == TaskRunState.FAILED);
    failed.countDown();
    assertThat(end.join()).isEqualTo(ExecutionState.FAILED);
    assertThat(states(id))
        .containsEntry("a", TaskRunState.SUCCEEDED)
        .containsEntry("a#2", TaskRunState.SKIPPED)
        .hasSize(3);
  }

  @RepeatedTest(5)
  @DisplayName("does not go on when its execution was cancelled meanwhile")
  void cancelled() {
    ExecutionId id = start(two());
    Runner runner =
        runner(
            builder()
                .handler("then", noteResult())
                .handler(
                    "it",
                    context -> {
                      if (context.iteration() == 2) {
                        Runner.cancel(store, id);
                      }
                      context.again();
                    }));
    assertThat(runner.run(id)).isEqualTo(ExecutionState.CANCELLED);
    assertThat(states(id))
        .containsEntry("a", TaskRunState.SUCCEEDED)
        .containsEntry("b", TaskRunState.CANCELLED);
    assertThat(states(id).get("a#3")).isIn(null, TaskRunState.CANCELLED);
    assertThat(states(id)).doesNotContainKey("a#4");
    assertThat(seen).isEmpty();
    nothingIsLive(id);
  }

  @Test
  @DisplayName("does not go on after the time-out of its execution")
  void deadline() {
    ExecutionId id = start(two().executionTimeout(Duration.ofMillis(300)));
    Runner runner =
        runner(builder().handler("it", context -> context.again()).handler("then", noteResult()));
    assertThat(runner.run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(error(id)).contains("timed out after 300ms");
    assertThat(seen).isEmpty();
    nothingIsLive(id);
  }

  @Test
  @DisplayName("goes on after a pause")
  void paused() {
    ExecutionId id = start(two());
    AtomicBoolean isPaused = new AtomicBoolean();
    Runner runner =
        runner(
            builder()
                .handler("then", noteResult())
                .handler(
                    "it",
                    context -> {
                      if (context.iteration() == 2 && !isPaused.getAndSet(true)) {
                        Runner.pause(store, id);
                      }
                      upTo(4).run(context);
                    }));
    CompletableFuture<ExecutionState> end = runInBackground(runner, id);
    Await.until("the next iteration", () -> states(id).containsKey("a#3"));
    assertThat(state(id)).isEqualTo(ExecutionState.PAUSED);
    assertThat(taskRun(id, "a#3").state()).isEqualTo(TaskRunState.PENDING);
    runner.resume(id);
    assertThat(end.join()).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).containsExactly("1", "12", "123", "1234", "b: 1234");
  }

  @Test
  @DisplayName("goes on in another process when its worker stops")
  void restart() {
    store = openSqlite();
    ExecutionId id = start(two());
    CountDownLatch third = new CountDownLatch(1);
    CountDownLatch stops = new CountDownLatch(1);
    Runner first =
        runner(
            builder()
                .handler("then", noteResult())
                .handler(
                    "it",
                    context -> {
                      if (context.iteration() == 3) {
                        third.countDown();
                        awaitUninterrupted(stops);
                      }
                      upTo(6).run(context);
                    }));
    CompletableFuture<ExecutionState> end = runInBackground(first, id);
    await(third);
    CompletableFuture<Void> stop = CompletableFuture.runAsync(first::stop);
    // The attempt succeeds although its worker stops: its next iteration must not be lost.
    stops.countDown();
    stop.join();
    var unused = end.handle((state, error) -> state).join();
    assertThat(states(id)).containsKey("a#4");
    store = openSqlite();
    Runner second = runner(builder().handler("it", upTo(6)).handler("then", noteResult()));
    assertThat(second.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).containsExactly("1", "12", "123", "1234", "12345", "123456", "b: 123456");
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    boolean done = false;
    while (!done) {
      try {
        latch.await();
        done = true;
      } catch (InterruptedException e) {
        // The worker asks it to end, and the handler ends by itself.
      }
    }
  }

  @Test
  @DisplayName("goes on with the iteration in which a worker has died")
  void crash() {
    store = openSqlite();
    ExecutionId id = start(two());
    Runner first =
        with(
            context -> {
              if (context.iteration() == 2) {
                Runner.pause(store, id);
              }
              upTo(6).run(context);
            });
    var unused = runInBackground(first, id);
    Await.until("the third iteration", () -> states(id).containsKey("a#3"));
    first.stop();
    assertThat(runner().resume(id)).isEqualTo(ExecutionState.RUNNING);
    runner().work(true); // Makes the third iteration ready, and cannot run it.
    // A worker that dies in the third iteration.
    ClaimRequest claim =
        new ClaimRequest("elsewhere/1-1", 1, Duration.ofMillis(200), Set.of("uses.it"));
    Await.until("a claim", () -> !store.claim(claim).claimed().isEmpty());
    Runner second = runner(builder().handler("it", upTo(6)).handler("then", noteResult()));
    assertThat(second.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).containsExactly("1", "12", "123", "1234", "12345", "123456", "b: 123456");
    assertThat(attemptStates(id, "a#3")).containsExactly("1 LOST", "2 SUCCEEDED");
  }

  @ParameterizedTest(name = "after the commit: {0}")
  @ValueSource(booleans = {false, true})
  @DisplayName("creates each iteration once, also when the store does not answer")
  void noAnswer(boolean afterCommit) {
    FaultyStore faulty =
        new FaultyStore(
            store,
            afterCommit,
            set ->
                set.changes().stream().anyMatch(Change.UpdateAttempt.class::isInstance)
                    && set.changes().stream().anyMatch(Change.CreateTaskRun.class::isInstance));
    ExecutionId id = start(two());
    faulty.failures.set(3);
    Runner runner =
        runner(builder(faulty.asStore()).handler("it", upTo(4)).handler("then", noteResult()));
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(faulty.failures).hasValue(0);
    assertThat(seen).containsExactly("1", "12", "123", "1234", "b: 1234");
    assertThat(store.taskRuns(id)).hasSize(5);
  }

  @Test
  @DisplayName("may run each iteration on another worker")
  void workers() {
    store = openSqlite();
    ExecutionId id = start(two().task("c", "", "b").uses("last"));
    Set<String> names = Collections.synchronizedSet(new HashSet<>());
    for (int i = 0; i < 3; i++) {
      Runner worker =
          runner(
              builder(openSqlite())
                  .concurrency(1)
                  .handler("then", noteResult())
                  .handler("last", context -> seen.add("c"))
                  .handler("it", upTo(9)));
      var unused = workInBackground(worker);
    }
    Await.until("the end", () -> state(id).isTerminal());
    store.executionDetails(id).taskRuns().stream()
        .flatMap(run -> run.attempts().stream())
        .forEach(attempt -> names.add(attempt.worker()));
    assertThat(state(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).endsWith("123456789", "b: 123456789", "c").hasSize(11);
    assertThat(names).isNotEmpty();
  }

  @Test
  @DisplayName("fails when the execution has as many task runs as the store permits")
  void limit() {
    store = new InMemoryStateStore(InstantSource.system(), Limits.builder().maxTaskRuns(4).build());
    ExecutionId id = start(two());
    Runner runner =
        runner(builder().handler("it", context -> context.again()).handler("then", noteResult()));
    assertThat(runner.run(id)).isEqualTo(ExecutionState.FAILED);
    assertThat(error(id))
        .isEqualTo(
            "task \"a#3\" failed after 1 attempt: its end could not be recorded: execution "
                + id
                + " has 4 task runs, which is the limit maxTaskRuns; raise the limit when opening"
                + " the store");
  }

  @Test
  @DisplayName("may wait in an iteration; the last call decides what follows")
  void lastCall() {
    ExecutionId id = start(one());
    Runner runner =
        with(
            context -> {
              seen.add(context.iteration() + "." + context.attempt());
              if (context.iteration() == 1 && context.attempt() == 1) {
                context.again();
                context.sleep(Duration.ZERO);
              } else if (context.iteration() == 1) {
                context.sleep(Duration.ofDays(1));
                context.again();
              }
            });
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).containsExactly("1.1", "1.2", "2.1");
  }

  @Test
  @DisplayName("has a log for each iteration, and its listener is notified of all of them")
  void logs() throws IOException {
    ExecutionId id = start(one());
    List<String> events = Collections.synchronizedList(new ArrayList<>());
    Runner runner =
        runner(
            builder()
                .listener(
                    new RunListener() {
                      @Override
                      public void taskRunChanged(TaskRunProgress progress) {
                        events.add(progress.taskId() + " " + progress.state());
                      }
                    })
                .handler(
                    "it",
                    context -> {
                      context.log("line of " + context.iteration());
                      if (context.iteration() < 2) {
                        context.again();
                      }
                    }));
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(Files.readString(runner.logs().path(id, new TaskId("a#2"), 1)))
        .isEqualTo("line of 2\n");
    assertThat(log(id, 1)).isEqualTo("line of 1\n");
    assertThat(events)
        .containsExactly("a RUNNING", "a SUCCEEDED", "a#2 PENDING", "a#2 RUNNING", "a#2 SUCCEEDED");
  }

  @Test
  @DisplayName("begins again in a rerun from the failed tasks, unless its last iteration succeeded")
  void rerun() {
    ExecutionId id = start(two().retry(ONCE).task("c", "", "b").uses("last").retry(ONCE));
    AtomicBoolean fails = new AtomicBoolean(true);
    Runner runner =
        runner(
            builder()
                .handler("it", upTo(3))
                .handler("then", noteResult())
                .handler(
                    "last",
                    context -> {
                      if (fails.get()) {
                        throw new IllegalStateException("fails");
                      }
                    }));
    assertThat(runner.run(id)).isEqualTo(ExecutionState.FAILED);
    fails.set(false);
    seen.clear();
    ExecutionId again =
        runner.start(StartRequest.builder(FLOW).rerunOf(id, true).directory(folder).build());
    assertThat(runner.run(again)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).isEmpty();
    assertThat(store.taskRuns(again))
        .extracting(TaskRun::state)
        .containsOnly(TaskRunState.SUCCEEDED);
  }

  @Test
  @DisplayName("may belong to finally")
  void cleanup() {
    ExecutionId id =
        start(flow("flow").task("m", "true").task("a", "").uses("it").stage(Stage.FINALLY));
    assertThat(with(upTo(3)).run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(seen).containsExactly("1", "12", "123");
  }

  @Test
  @DisplayName("receives an error at once for an input that has no codec")
  void noCodec() {
    ExecutionId id = start(one());
    AtomicBoolean refused = new AtomicBoolean();
    Runner runner =
        with(
            context -> {
              assertThatThrownBy(() -> context.again(List.of(1)))
                  .isInstanceOf(InvalidInputException.class);
              refused.set(true);
            });
    assertThat(runner.run(id)).isEqualTo(ExecutionState.SUCCEEDED);
    assertThat(refused).isTrue();
    assertThat(store.taskRuns(id)).hasSize(1);
  }
}
