package dev.waymark.worker.internal.settle;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ExecutionProgress.Item;
import dev.waymark.core.store.NewExecution;
import dev.waymark.worker.api.Plan;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes the decisions of a program in a draft. */
final class Decision implements Plan {
  private final Draft draft;
  private boolean over;

  Decision(Draft draft) {
    this.draft = draft;
  }

  @Override
  public void run(String task, @Nullable Payload input) {
    checkOpen();
    TaskId id = new TaskId(task);
    Item item = draft.item(id);
    if (item == null) {
      draft.ready(draft.create(id, input), Duration.ZERO);
    } else if (item.taskRun().state() == TaskRunState.PENDING && !item.ready()) {
      draft.ready(item.taskRun().id(), Duration.ZERO);
    }
  }

  @Override
  public void skip(String task) {
    checkOpen();
    TaskId id = new TaskId(task);
    Item item = draft.item(id);
    if (item == null || item.taskRun().state() == TaskRunState.PENDING) {
      TaskRunId run = item == null ? draft.create(id, null) : item.taskRun().id();
      draft.move(run, TaskRunState.SKIPPED, null);
    }
  }

  @Override
  public void succeed(@Nullable Payload result) {
    end(ExecutionState.SUCCEEDED, null, result);
  }

  @Override
  public void continueAs(NewExecution next) {
    checkOpen();
    draft.continueAs(next);
    over = true;
  }

  @Override
  public void fail(String error) {
    end(ExecutionState.FAILED, Objects.requireNonNull(error, "error"), null);
  }

  @Override
  public void cancel(String error) {
    end(ExecutionState.CANCELLED, Objects.requireNonNull(error, "error"), null);
  }

  private void end(ExecutionState to, @Nullable String error, @Nullable Payload result) {
    checkOpen();
    draft.end(to, error, result);
    over = true;
  }

  /** No call is valid after this. */
  void close() {
    over = true;
  }

  private void checkOpen() {
    if (over) {
      throw new InvalidInputException(
          "the plan of execution "
              + draft.execution().id()
              + " is complete: it has ended the execution, or the call of Next has returned");
    }
  }
}
