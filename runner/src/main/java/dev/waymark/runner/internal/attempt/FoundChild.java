package dev.waymark.runner.internal.attempt;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.ExecutionProgress.Item;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.api.ChildExecution;
import dev.waymark.runner.internal.base.Iterations;
import dev.waymark.runner.internal.handler.Handlers;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A child as it was read. */
final class FoundChild implements ChildExecution {
  private final StateStore store;
  private final Handlers handlers;
  private final ExecutionProgress progress;

  /** The newest iteration of each task. */
  private final Map<TaskId, Item> tasks;

  FoundChild(StateStore store, Handlers handlers, ExecutionProgress progress) {
    this.store = store;
    this.handlers = handlers;
    this.progress = progress;
    this.tasks = Iterations.newest(progress.taskRuns());
  }

  @Override
  public ExecutionId id() {
    return progress.execution().id();
  }

  @Override
  public ExecutionState state() {
    return progress.execution().state();
  }

  @Override
  public @Nullable String error() {
    return progress.execution().error();
  }

  @Override
  public @Nullable Payload result() {
    Payload own = store.payload(PayloadRef.resultOf(id()));
    return own == null && tasks.size() == 1 ? tasks.values().iterator().next().result() : own;
  }

  @Override
  public <T> T result(Class<T> type) {
    Payload found = result();
    if (found == null) {
      throw new InvalidInputException("child " + id() + ", " + state() + ", has no result");
    }
    return handlers.codec().decode(found, type);
  }

  @Override
  public @Nullable Payload resultOf(String task) {
    Item found = tasks.get(new TaskId(task).task());
    if (found == null) {
      throw new InvalidInputException(
          "child " + id() + " has no task " + Text.quote(task) + "; it has " + tasks.keySet());
    }
    return found.result();
  }

  @Override
  public <T> T resultOf(String task, Class<T> type) {
    Payload found = resultOf(task);
    if (found == null) {
      throw new InvalidInputException(
          "task " + Text.quote(task) + " of child " + id() + ", " + state() + ", has no result");
    }
    return handlers.codec().decode(found, type);
  }
}
