package dev.waymark.runner.internal.attempt;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Leases;
import dev.waymark.core.model.ChildPolicy;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Parent;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.store.ExecutionProgress;
import dev.waymark.core.store.NewExecution.ParentTask;
import dev.waymark.runner.api.StartRequest;
import dev.waymark.runner.internal.process.HandlerWait;
import dev.waymark.runner.internal.worker.RunnerConfig;
import dev.waymark.worker.internal.base.NamedIds;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The children of one task run, as its handler starts and finds them. */
final class HandlerChildren {
  private final RunnerConfig config;
  private final ExecutionId execution;
  private final TaskRunId taskRun;

  HandlerChildren(RunnerConfig config, ExecutionId execution, TaskRunId taskRun) {
    this.config = config;
    this.execution = execution;
    this.taskRun = taskRun;
  }

  /** Starts a child, unless an earlier attempt has. */
  ExecutionId start(String name, StartRequest request, ChildPolicy policy) {
    if (request.executionId() != null) {
      throw new InvalidInputException(
          "the request for a child has the execution id "
              + request.executionId()
              + "; leave out the id and the idempotency key, the name of the child identifies it");
    }
    StartRequest named = request.toBuilder().executionId(NamedIds.child(taskRun, name)).build();
    return config.starts().asChildOf(new ParentTask(taskRun, policy)).start(named);
  }

  /**
   * Finds a child that has ended, or whose time is over. If it is continued, finds the execution
   * that continues it last.
   *
   * @param timeout the time from the start of the child on, or null without an end
   * @param wait receives the wait for any other child; null is returned then
   */
  @Nullable FoundChild find(
      ExecutionId child, @Nullable Duration timeout, Consumer<HandlerWait> wait) {
    if (timeout != null) {
      Leases.checkDelay("the time that a task waits", timeout);
    }
    ExecutionProgress progress = progress(child);
    Instant started = progress.execution().createdAt();
    while (progress.execution().continuedAs() != null) {
      progress = continuation(progress.execution());
    }
    Execution found = progress.execution();
    if (!found.state().isTerminal()) {
      Duration left =
          timeout == null
              ? null
              : Duration.between(config.clock().instant(), started.plus(timeout));
      if (left == null || left.compareTo(Duration.ZERO) > 0) {
        wait.accept(HandlerWait.forChild(found.id(), left));
        return null;
      }
    }
    return new FoundChild(config.store(), config.handlers(), progress);
  }

  private ExecutionProgress continuation(Execution child) {
    ExecutionId next = Objects.requireNonNull(child.continuedAs());
    if (config.store().execution(next) == null) {
      throw new InvalidInputException(
          "execution "
              + next
              + ", which continues child "
              + child.id()
              + ", was deleted, and its result with it; delete children after their parents");
    }
    return progress(next);
  }

  private ExecutionProgress progress(ExecutionId child) {
    ExecutionProgress progress = config.store().executionProgress(child);
    Parent parent = progress == null ? null : progress.execution().parent();
    if (progress == null || parent == null || !parent.executionId().equals(execution)) {
      throw new InvalidInputException(
          "execution "
              + child
              + (progress == null ? " does not exist" : " is no child of execution " + execution)
              + "; start a child with TaskContext.child, and wait for the id that it returns");
    }
    return progress;
  }
}
