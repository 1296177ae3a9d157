package dev.waymark.worker.internal.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.waymark.core.error.StoreOverloadedException;
import dev.waymark.core.error.StoreUnavailableException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Retries of calls of a store. */
@DisplayName("A failing call of a store")
class RetriedCallsTest {
  private static final Duration SHORT = Duration.ofMillis(600);
  private final AtomicInteger calls = new AtomicInteger();

  private Supplier<String> away() {
    return () -> {
      calls.incrementAndGet();
      throw new StoreUnavailableException("away on purpose by a test", null);
    };
  }

  private Supplier<String> overloaded(int times) {
    return () -> {
      if (calls.incrementAndGet() <= times) {
        throw new StoreOverloadedException("too much on purpose by a test");
      }
      return "answer";
    };
  }

  @Test
  @DisplayName("is not repeated in a busy loop by a thread that is interrupted")
  void isNotRepeatedInABusyLoopByAThreadThatIsInterrupted() {
    Thread.currentThread().interrupt();
    Throwable thrown = catchThrowable(() -> new RetriedCalls(SHORT).call(away()));
    assertThat(Thread.interrupted()).as("the flag").isTrue();
    assertThat(thrown).isInstanceOf(StoreUnavailableException.class);
    // The pauses last 50 ms, 100 ms, 200 ms ... at the least.
    assertThat(calls).hasValueBetween(2, 6);
  }

  @Test
  @DisplayName("soon fails on a thread that is interrupted, and in a runner that stops")
  void isGivenUpSoonByAThreadThatIsInterruptedAndByARunnerThatStops() {
    Duration aDay = Duration.ofDays(1);
    Thread.currentThread().interrupt();
    Throwable thrown = catchThrowable(() -> new RetriedCalls(aDay, SHORT).call(away()));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(thrown).isInstanceOf(StoreUnavailableException.class);
    RetriedCalls stopped = new RetriedCalls(aDay, SHORT);
    stopped.stopSoon();
    assertThatThrownBy(() -> stopped.call(away())).isInstanceOf(StoreUnavailableException.class);
    assertThatThrownBy(() -> stopped.call(overloaded(Integer.MAX_VALUE)))
        .isInstanceOf(StoreOverloadedException.class);
  }

  @Test
  @DisplayName("is repeated while the store is overloaded")
  void isRepeatedForAsLongAsTheStoreIsOverloaded() {
    assertThat(new RetriedCalls(Duration.ZERO).call(overloaded(3))).isEqualTo("answer");
    assertThat(calls).hasValue(4);
    assertThatThrownBy(() -> new RetriedCalls(Duration.ZERO).call(away()))
        .isInstanceOf(StoreUnavailableException.class);
  }
}
