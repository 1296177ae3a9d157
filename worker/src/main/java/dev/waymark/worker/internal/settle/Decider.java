package dev.waymark.worker.internal.settle;

import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.ExecutionProgress.Item;
import dev.waymark.worker.api.Progress;
import dev.waymark.worker.internal.setup.WorkerConfig;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides what follows in an execution: by its state, and by the program. */
final class Decider {
  private static final Logger LOG = LoggerFactory.getLogger(Decider.class);

  /** The longest time that a paused execution, once resumed, may run past its time-out. */
  private static final Duration HELD_AGAIN = Duration.ofSeconds(10);

  private final WorkerConfig config;

  Decider(WorkerConfig config) {
    this.config = config;
  }

  /**
   * Adds to a draft what follows from the states of an execution.
   *
   * @param end the end that the draft already contains, or null
   * @throws Exception what the program throws
   */
  void decide(Draft draft, @Nullable End end, boolean overdue) throws Exception {
    switch (draft.execution().state()) {
      case CANCELLING -> draft.end(ExecutionState.CANCELLED, "cancelled", null);
      case PENDING, RUNNING -> {
        readyAgain(draft);
        ask(draft, end, overdue);
      }
      case PAUSED, SUCCEEDED, FAILED, CANCELLED -> {}
    }
  }

  /** Cancels a child with its parent, as {@link Cancellation} does. */
  void cancel(Draft draft) {
    if (!draft.execution().state().isTerminal()) {
      draft.end(ExecutionState.CANCELLED, "cancelled", null);
      draft.changes().clearDue(draft.execution().id(), DueReason.CANCEL);
      draft.changes().clearDue(draft.execution().id(), DueReason.DEADLINE);
    }
  }

  /** A claim during a pause makes a task run not ready; it still has to be retried. */
  private static void readyAgain(Draft draft) {
    for (Item item : draft.progress().taskRuns()) {
      if (item.taskRun().state() == TaskRunState.RETRYING && !item.ready()) {
        draft.ready(item.taskRun().id(), Duration.ZERO);
      }
    }
  }

  private void ask(Draft draft, @Nullable End end, boolean overdue) throws Exception {
    TaskRun ended =
        end == null
            ? null
            : Objects.requireNonNull(draft.item(end.attempt().taskRunId())).taskRun();
    Decision plan = new Decision(draft);
    config.next().decide(new Progress(draft.progress(), ended, overdue), plan);
    plan.close();
    if (!draft.execution().state().isTerminal() && draft.standing().unfinished() == 0) {
      LOG.atWarn()
          .addKeyValue("execution", draft.execution().id())
          .log(
              "execution {} has no task run left, and was not ended; nothing will move it",
              draft.execution().id());
    }
  }

  /** The time-out of an execution has been examined. Of a paused one, it is examined again. */
  void clearDeadline(Draft draft) {
    draft.changes().clearDue(draft.execution().id(), DueReason.DEADLINE);
    if (draft.execution().state() == ExecutionState.PAUSED) {
      draft.changes().markDue(draft.execution().id(), DueReason.DEADLINE, HELD_AGAIN);
    }
  }
}
