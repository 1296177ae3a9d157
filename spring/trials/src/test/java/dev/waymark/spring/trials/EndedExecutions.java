package dev.waymark.spring.trials;

import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.runner.api.RunListener;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Waits for the end of executions, by the listener of the runner. */
final class EndedExecutions implements RunListener {
  private final Map<ExecutionId, CompletableFuture<ExecutionState>> ends =
      new ConcurrentHashMap<>();

  @Override
  public void executionEnded(Execution execution) {
    end(execution.id()).complete(execution.state());
  }

  private CompletableFuture<ExecutionState> end(ExecutionId id) {
    return ends.computeIfAbsent(id, each -> new CompletableFuture<>());
  }

  ExecutionState await(ExecutionId id) throws Exception {
    return end(id).get(30, TimeUnit.SECONDS);
  }
}
