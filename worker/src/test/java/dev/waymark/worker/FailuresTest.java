package dev.waymark.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.StateStore;
import dev.waymark.worker.api.Handler;
import dev.waymark.worker.api.Next;
import dev.waymark.worker.api.Result;
import dev.waymark.worker.api.Retry;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("An attempt that fails")
class FailuresTest extends WorkerFixture {
  private static final Next ONE =
      (progress, plan) -> {
        plan.run("task");
        if (progress.failed("task")) {
          plan.fail(progress.failures());
        } else if (progress.succeeded("task")) {
          plan.succeed();
        }
      };

  private ExecutionId run(StateStore store, Retry retry, Handler handler, ExecutionState expected)
      throws InterruptedException {
    start(Worker.builder(store).retry(retry).handle(handler).next(ONE));
    ExecutionId id = submit(store);
    ended(store, id, expected);
    return id;
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("is retried as the policy says, then fails the execution")
  void retries(Backend backend) throws InterruptedException {
    StateStore store = use(backend);
    Retry retry = Retry.of(3, Duration.ofMillis(20));
    ExecutionId id =
        run(
            store,
            retry,
            (claimed, context) -> Result.failure("no " + claimed.attempt().number()),
            ExecutionState.FAILED);
    assertThat(attempts(store, id, "task"))
        .containsExactly(AttemptState.FAILED, AttemptState.FAILED, AttemptState.FAILED);
    assertThat(lastAttempt(store, id, "task").error()).isEqualTo("no 3");
    assertThat(store.execution(id).error()).isEqualTo("task task: no 3");
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("succeeds at a later attempt, also after a delay of its own")
  void laterSuccess(Backend backend) throws InterruptedException {
    StateStore store = use(backend);
    ExecutionId id =
        run(
            store,
            Retry.of(3, LONG).maxDelay(LONG),
            (claimed, context) ->
                claimed.attempt().number() == 1
                    ? Result.retryIn(Duration.ofMillis(30), "busy")
                    : Result.success(),
            ExecutionState.SUCCEEDED);
    assertThat(attempts(store, id, "task"))
        .containsExactly(AttemptState.FAILED, AttemptState.SUCCEEDED);
  }

  @Test
  @DisplayName("is not retried after a final failure")
  void finalFailure() throws InterruptedException {
    StateStore store = use(Backend.MEMORY);
    ExecutionId id =
        run(
            store,
            Retry.of(9, Duration.ZERO),
            (claimed, context) -> Result.finalFailure("the card was declined"),
            ExecutionState.FAILED);
    assertThat(attempts(store, id, "task")).containsExactly(AttemptState.FAILED);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("may throw anything: an Error is a failure like any other, and the worker goes on")
  void error(Backend backend) throws InterruptedException {
    StateStore store = use(backend);
    ExecutionId id =
        run(
            store,
            Retry.of(3, Duration.ZERO),
            (claimed, context) -> {
              switch (claimed.attempt().number()) {
                case 1 -> throw new StackOverflowError();
                case 2 -> throw new java.io.IOException("no such host");
                default -> {
                  return Result.success();
                }
              }
            },
            ExecutionState.SUCCEEDED);
    var all = store.attempts(taskRun(store, id, "task").id());
    assertThat(all.get(0).error()).isEqualTo("java.lang.StackOverflowError");
    assertThat(all.get(1).error()).isEqualTo("no such host");
  }

  @Test
  @DisplayName("fails when its handler returns nothing, or more than the store takes")
  @SuppressWarnings("NullAway") // on purpose
  void badResults() throws InterruptedException {
    StateStore store = use(Backend.MEMORY);
    int tooMuch = store.limits().maxOutputBytes();
    ExecutionId id =
        run(
            store,
            Retry.of(9, Duration.ZERO),
            (claimed, context) -> Result.success(json("x".repeat(tooMuch))),
            ExecutionState.FAILED);
    assertThat(lastAttempt(store, id, "task").error())
        .startsWith("its result has 65538 bytes; the limit maxOutputBytes is 65536");
    StateStore other = use(Backend.SQLITE);
    ExecutionId none =
        run(other, Retry.of(9, Duration.ZERO), (claimed, context) -> null, ExecutionState.FAILED);
    assertThat(lastAttempt(other, none, "task").error()).isEqualTo("its handler returned null");
    assertThat(state(other, none, "task")).isEqualTo(TaskRunState.FAILED);
  }

  @Test
  @DisplayName("keeps as much of a long error as the store takes")
  void longError() throws InterruptedException {
    StateStore store = use(Backend.MEMORY);
    ExecutionId id =
        run(
            store,
            Retry.NONE,
            (claimed, context) -> Result.failure("é".repeat(20_000)),
            ExecutionState.FAILED);
    assertThat(lastAttempt(store, id, "task").error()).hasSizeGreaterThan(8_000).endsWith("...");
  }
}
