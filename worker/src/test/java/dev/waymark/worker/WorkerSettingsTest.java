package dev.waymark.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.store.StateStore;
import dev.waymark.worker.api.Placement;
import dev.waymark.worker.api.Result;
import dev.waymark.worker.api.Retry;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The settings of a worker")
class WorkerSettingsTest extends WorkerFixture {
  private static void refused(String message, ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(InvalidInputException.class).hasMessage(message);
  }

  private void refused(String message, UnaryOperator<Worker.Builder> setting) {
    StateStore store = use(Backend.MEMORY);
    Worker.Builder builder = Worker.builder(store).handle((claimed, context) -> Result.success());
    refused(message, () -> setting.apply(builder).build());
  }

  @Test
  @DisplayName("are refused with what was found and what to use")
  void outOfRange() {
    refused("concurrency is 0; use 1 to 10000", b -> b.concurrency(0));
    refused("concurrency is 10001; use 1 to 10000", b -> b.concurrency(10_001));
    refused("maxLost is 0; use 1 to 1000", b -> b.maxLost(0));
    refused("lease is 99ms; use 100ms to 365d", b -> b.lease(Duration.ofMillis(99)));
    refused("pollInterval is 0s; use 1ms to 365d", b -> b.pollInterval(Duration.ZERO));
    refused("drain is -1s; use 0s to 365d", b -> b.drain(Duration.ofSeconds(-1)));
    refused("grace is -1s; use 0s to 365d", b -> b.grace(Duration.ofSeconds(-1)));
    refused(
        "storeRetryTimeout is 366d; use 0s to 365d",
        b -> b.storeRetryTimeout(Duration.ofDays(366)));
    refused("worker of a claim is empty; supply the name of the worker", b -> b.name(""));
    refused(
        "the worker serves the pools a, b and has no placement; set one, so that it knows the pool"
            + " of each task",
        b -> b.pool("a").pool("b"));
    refused(
        "pool \"no spaces\" is not a valid name; use 1 to 128 letters, digits, '.', '_' or '-',"
            + " beginning with a letter or digit",
        b -> b.pool("no spaces"));
    refused(
        "the worker has no handler; set one with handle(...)",
        () -> Worker.builder(use(Backend.MEMORY)).build());
  }

  @Test
  @DisplayName("of retries, results and placements are checked where they are made")
  void values() {
    refused("maxAttempts is 0; use at least 1", () -> Retry.of(0, Duration.ZERO));
    refused("delay is -1s; use 0s to 3650d", () -> Retry.of(1, Duration.ofSeconds(-1)));
    refused(
        "factor is 0.5; use at least 1", () -> new Retry(1, Duration.ZERO, 0.5, Duration.ZERO, 0));
    refused(
        "jitter is NaN; use 0 to 1",
        () -> new Retry(1, Duration.ZERO, 1, Duration.ZERO, Double.NaN));
    refused(
        "the delay of a retry is -1s; use 0s to 3650d",
        () -> Result.retryIn(Duration.ofSeconds(-1), "busy"));
    refused(
        "the time of a wait is 3651d; use 0s to 3650d",
        () -> Result.waitFor(Duration.ofDays(3_651)));
    refused("priority is 101; use -100 to 100", () -> new Placement("default", 101));
    assertThat(Retry.of(5, Duration.ofSeconds(1)).delayAfter(3, 0))
        .isEqualTo(Duration.ofSeconds(4));
    assertThat(Retry.of(99, Duration.ofSeconds(1)).delayAfter(99, 0))
        .isEqualTo(Duration.ofMinutes(5));
    assertThat(Retry.of(5, Duration.ofSeconds(1)).delayAfter(1, 0.5))
        .isEqualTo(Duration.ofMillis(950));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @DisplayName("choose virtual threads where the JDK has them")
  void threads(boolean virtual) throws InterruptedException {
    StateStore store = use(Backend.MEMORY);
    AtomicReference<String> thread = new AtomicReference<>("");
    start(
        Worker.builder(store)
            .virtualThreads(virtual)
            .handle(
                (claimed, context) -> {
                  thread.set(Thread.currentThread().toString().toLowerCase(Locale.ROOT));
                  return Result.success();
                })
            .next(
                (progress, plan) -> {
                  plan.run("task");
                  if (progress.isFinished()) {
                    plan.succeed();
                  }
                }));
    ended(store, submit(store), ExecutionState.SUCCEEDED);
    boolean expected = virtual && Runtime.version().feature() >= 21;
    assertThat(thread.get().startsWith("virtualthread")).isEqualTo(expected);
    assertThat(thread.get()).contains("waymark-attempt");
  }
}
