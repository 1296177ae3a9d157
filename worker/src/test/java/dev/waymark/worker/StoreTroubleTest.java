package dev.waymark.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.error.StoreOverloadedException;
import dev.waymark.core.error.StoreUnavailableException;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.CommitResult;
import dev.waymark.core.store.ForwardingStateStore;
import dev.waymark.core.store.StateStore;
import dev.waymark.worker.api.Next;
import dev.waymark.worker.api.Result;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A worker whose store fails for a while")
class StoreTroubleTest extends WorkerFixture {
  private static final Next ONE =
      (progress, plan) -> {
        plan.run("task");
        if (progress.succeeded("task")) {
          plan.succeed();
        }
      };

  /** Loses the answers of the first ends, and fails the first claims. */
  private static final class Failing extends ForwardingStateStore {
    private final AtomicInteger lostAnswers = new AtomicInteger(2);
    private final AtomicInteger failedClaims = new AtomicInteger(2);

    Failing(StateStore store) {
      super(store);
    }

    @Override
    public CommitResult commit(ChangeSet changes) {
      CommitResult result = super.commit(changes);
      boolean ends = changes.changes().stream().anyMatch(Change.UpdateAttempt.class::isInstance);
      if (ends && lostAnswers.getAndDecrement() > 0) {
        throw new StoreUnavailableException("the answer was lost on purpose by a test", null);
      }
      return result;
    }

    @Override
    public Claims claim(ClaimRequest request) {
      if (failedClaims.getAndDecrement() > 0) {
        throw new StoreOverloadedException("overloaded on purpose by a test");
      }
      return super.claim(request);
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("goes on afterwards, and records an end once although its answer was lost")
  void failing(Backend backend) throws InterruptedException {
    StateStore store = use(backend);
    start(
        Worker.builder(new Failing(store))
            .handle((claimed, context) -> Result.success(json("once")))
            .next(ONE));
    ExecutionId id = submit(store);
    ended(store, id, ExecutionState.SUCCEEDED);
    assertThat(attempts(store, id, "task")).containsExactly(AttemptState.SUCCEEDED);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("gives a result up when the store does not answer in time, and runs the task again")
  void givesUp(Backend backend) throws InterruptedException {
    StateStore store = use(backend);
    AtomicInteger refusedEnds = new AtomicInteger(1);
    StateStore unreachable =
        new ForwardingStateStore(store) {
          @Override
          public CommitResult commit(ChangeSet changes) {
            boolean ends =
                changes.changes().stream().anyMatch(Change.UpdateAttempt.class::isInstance);
            if (ends && refusedEnds.getAndDecrement() > 0) {
              throw new StoreUnavailableException("unreachable on purpose by a test", null);
            }
            return super.commit(changes);
          }
        };
    start(
        Worker.builder(unreachable)
            .lease(Duration.ofMillis(300))
            .storeRetryTimeout(Duration.ZERO)
            .handle((claimed, context) -> Result.success())
            .next(ONE));
    ExecutionId id = submit(store);
    ended(store, id, ExecutionState.SUCCEEDED);
    assertThat(attempts(store, id, "task"))
        .containsExactly(AttemptState.LOST, AttemptState.SUCCEEDED);
  }
}
