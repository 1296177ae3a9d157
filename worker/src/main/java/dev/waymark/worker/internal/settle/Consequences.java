package dev.waymark.worker.internal.settle;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ExecutionProgress.Item;
import dev.waymark.worker.api.Result;
import dev.waymark.worker.internal.setup.WorkerConfig;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** What the end of an attempt means for its task run. */
final class Consequences {
  private final WorkerConfig config;

  Consequences(WorkerConfig config) {
    this.config = config;
  }

  /** Ends a live attempt in a draft, and moves its task run. */
  void add(Draft draft, End end) {
    AttemptId id = end.attempt();
    draft.endAttempt(id, end.state(), end.error(), end.expired());
    if (end.result() instanceof Result.Success success) {
      if (success.payload() != null) {
        draft.setResult(id, success.payload());
      }
      draft.move(id.taskRunId(), TaskRunState.SUCCEEDED, id);
    } else if (draft.execution().state() == ExecutionState.CANCELLING) {
      draft.move(id.taskRunId(), TaskRunState.CANCELLED, fence(end));
    } else if (isExhausted(draft, end)) {
      draft.move(id.taskRunId(), TaskRunState.FAILED, fence(end));
    } else if (end.result() instanceof Result.Wait wait) {
      keep(draft, id, wait.payload());
      sleep(draft, id, wait);
    } else if (end.result() instanceof Result.WaitForSignal wait) {
      keep(draft, id, wait.payload());
      draft.awaitSignal(id, wait);
    } else if (end.result() instanceof Result.WaitForChild wait) {
      keep(draft, id, wait.payload());
      draft.awaitChild(id, wait);
    } else {
      draft.move(id.taskRunId(), TaskRunState.RETRYING, fence(end));
      draft.ready(id.taskRunId(), delay(draft, end));
    }
  }

  /** A lost attempt is not used as fencing token: no worker writes with its number. */
  private static @Nullable AttemptId fence(End end) {
    return end.state() == AttemptState.LOST ? null : end.attempt();
  }

  private static void keep(Draft draft, AttemptId id, @Nullable Payload payload) {
    if (payload != null) {
      draft.setResult(id, payload);
    }
  }

  private static void sleep(Draft draft, AttemptId id, Result.Wait wait) {
    draft.move(id.taskRunId(), TaskRunState.WAITING, id);
    if (wait.time() != null) {
      draft.ready(id.taskRunId(), wait.time());
    }
  }

  private boolean isExhausted(Draft draft, End end) {
    boolean exhausted =
        switch (end.state()) {
          case FAILED ->
              (end.result() instanceof Result.Failure failure && failure.isFinal())
                  || count(draft, end) >= config.retry().maxAttempts();
          case LOST -> count(draft, end) >= config.maxLost();
          case RUNNING, SUCCEEDED, CANCELLED -> false;
        };
    return exhausted || end.attempt().number() >= config.store().limits().maxAttempts();
  }

  /** How many attempts of the task run have ended in the same way, with this one. */
  private static int count(Draft draft, End end) {
    Item item = Objects.requireNonNull(draft.item(end.attempt().taskRunId()));
    return (int) item.attempts().stream().map(Attempt::state).filter(end.state()::equals).count();
  }

  private Duration delay(Draft draft, End end) {
    if (end.state() != AttemptState.FAILED) {
      return Duration.ZERO;
    }
    return end.result() instanceof Result.Failure failure && failure.delay() != null
        ? failure.delay()
        : config.retry().delayAfter(count(draft, end), ThreadLocalRandom.current().nextDouble());
  }
}
