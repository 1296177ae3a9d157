package dev.waymark.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.Subscription;
import dev.waymark.testkit.Await;
import dev.waymark.worker.api.Next;
import dev.waymark.worker.api.Result;
import dev.waymark.worker.api.Retry;
import dev.waymark.worker.api.WorkerListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A listener of a worker")
class ListenerTest extends WorkerFixture {
  private static final Next ONE =
      (progress, plan) -> {
        plan.run("task");
        if (progress.succeeded("task")) {
          plan.succeed();
        }
      };

  /** Keeps what it was notified of. */
  private static final class Events implements WorkerListener {
    private final List<String> all = new CopyOnWriteArrayList<>();

    @Override
    public void attemptStarted(Claims.Claimed claimed) {
      all.add("started " + claimed.attempt().number());
    }

    @Override
    public void attemptEnded(TaskRun taskRun, Attempt attempt) {
      assertThat(attempt.endedAt()).isNotNull();
      all.add("ended " + attempt.number() + " " + attempt.state() + ", " + taskRun.state());
    }

    @Override
    public void executionEnded(Execution execution) {
      assertThat(execution.endedAt()).isNotNull();
      all.add("execution " + execution.state());
    }
  }

  /** Throws whatever it is notified of. */
  private static final class Broken implements WorkerListener {
    @Override
    public void attemptStarted(Claims.Claimed claimed) {
      throw new IllegalStateException("broken on purpose by a test");
    }

    @Override
    public void attemptEnded(TaskRun taskRun, Attempt attempt) {
      throw new AssertionError("broken on purpose by a test");
    }

    @Override
    public void executionEnded(Execution execution) {
      throw new StackOverflowError("broken on purpose by a test");
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("is notified in order, and one that throws has no effect")
  void order(Backend backend) throws InterruptedException {
    StateStore store = use(backend);
    Events all = new Events();
    Events one = new Events();
    Events none = new Events();
    Worker worker =
        start(
            Worker.builder(store)
                .retry(Retry.of(2, Duration.ZERO))
                .listener(new Broken())
                .listener(all)
                .handle(
                    (claimed, context) ->
                        claimed.attempt().number() == 1 ? Result.failure("once") : Result.success())
                .next(ONE));
    ExecutionId id = Ids.system().executionId();
    Subscription closed = worker.listen(id, none);
    closed.close();
    try (Subscription broken = worker.listen(id, new Broken());
        Subscription good = worker.listen(id, one)) {
      worker.submit(new NewExecution(id, FLOW));
      ended(store, id, ExecutionState.SUCCEEDED);
      Await.until("all was notified", () -> one.all.size() == 5);
    }
    assertThat(one.all)
        .containsExactly(
            "started 1",
            "ended 1 FAILED, RETRYING",
            "started 2",
            "ended 2 SUCCEEDED, SUCCEEDED",
            "execution SUCCEEDED");
    assertThat(all.all).containsExactlyElementsOf(one.all);
    assertThat(none.all).isEmpty();
    ended(store, submit(store), ExecutionState.SUCCEEDED);
    assertThat(one.all).hasSize(5);
  }
}
