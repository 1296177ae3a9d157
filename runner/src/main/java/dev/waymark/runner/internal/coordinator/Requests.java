package dev.waymark.runner.internal.coordinator;

import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.store.StateStore;
import dev.waymark.worker.internal.base.Refusals;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The requests of callers that wait: for the end of an execution, or until there is nothing to do.
 * Belongs to the coordinator's thread; only the answers go to the threads of the callers.
 */
final class Requests {
  private final StateStore store;
  private final Map<ExecutionId, List<CompletableFuture<Execution>>> runs = new LinkedHashMap<>();
  private final List<AllWork> works = new ArrayList<>();

  private final Set<ExecutionId> helped = new LinkedHashSet<>();
  private final List<Runnable> deferred = new ArrayList<>();
  private boolean awaitsChild;

  private record AllWork(boolean untilIdle, CompletableFuture<Boolean> done) {}

  Requests(StateStore store) {
    this.store = store;
  }

  /** Adds a request to work on this execution and to answer when it ends. */
  void add(ExecutionId id, CompletableFuture<Execution> answer) {
    runs.computeIfAbsent(id, key -> new ArrayList<>()).add(answer);
  }

  /**
   * Adds a request to work on everything that is ready, forever or until there is nothing to do.
   */
  void addAll(boolean untilIdle, CompletableFuture<Boolean> done) {
    works.add(new AllWork(untilIdle, done));
  }

  /** The executions that callers wait for, and those that block them. */
  Set<ExecutionId> executions() {
    Set<ExecutionId> all = new LinkedHashSet<>(runs.keySet());
    all.addAll(helped);
    return all;
  }

  /** Adds an execution that blocks a requested one and on which no worker works. */
  boolean help(ExecutionId id) {
    return !runs.containsKey(id) && helped.add(id);
  }

  /** The executions that this runner works on only because they block others. */
  Set<ExecutionId> helped() {
    return new LinkedHashSet<>(helped);
  }

  /** Notes that a task run has begun to wait for a child, on which perhaps no worker works. */
  void noteAwaitedChild() {
    awaitsChild = true;
  }

  /** Whether that was noted since the last call. */
  boolean takeAwaitedChild() {
    boolean noted = awaitsChild;
    awaitsChild = false;
    return noted;
  }

  /** Whether all requested executions have ended, and only blocking ones are left. */
  boolean onlyHelps() {
    return runs.isEmpty() && works.isEmpty() && !helped.isEmpty();
  }

  /** Removes such an execution, because it has ended or nothing can be done for it. */
  void helpNoMore(ExecutionId id) {
    if (helped.remove(id) && helped.isEmpty()) {
      deferred.forEach(Runnable::run);
      deferred.clear();
    }
  }

  /** Whether the runner works on everything that is ready. */
  boolean isForAll() {
    return !works.isEmpty();
  }

  /** Whether a caller waits until there is nothing to do. */
  boolean awaitsIdle() {
    return works.stream().anyMatch(AllWork::untilIdle);
  }

  boolean isEmpty() {
    return runs.isEmpty() && works.isEmpty() && deferred.isEmpty();
  }

  /** Answers the requests for an execution that has ended. */
  void answer(Execution ended) {
    remove(ended.id())
        .forEach(
            waiter -> {
              if (helped.isEmpty()) {
                waiter.complete(ended);
              } else {
                // The answer waits until the blocking executions have ended too.
                deferred.add(() -> waiter.complete(ended));
              }
            });
    helpNoMore(ended.id());
  }

  /** Answers the requests for an execution that cannot be worked on. */
  void fail(ExecutionId id, WaymarkException cause) {
    remove(id).forEach(waiter -> waiter.completeExceptionally(cause));
    helpNoMore(id);
  }

  private List<CompletableFuture<Execution>> remove(ExecutionId id) {
    List<CompletableFuture<Execution>> waiters = runs.remove(id);
    return waiters == null ? List.of() : waiters;
  }

  /** Answers the requests that wait until there is nothing to do. */
  void answerIdle() {
    works.stream().filter(AllWork::untilIdle).forEach(work -> work.done().complete(true));
    works.removeIf(AllWork::untilIdle);
  }

  /**
   * Answers all remaining requests, with the current states or with the failure. The runner has
   * ended.
   *
   * @param cause why the runner failed, or null when it was stopped
   */
  void close(@Nullable Throwable cause) {
    deferred.forEach(Runnable::run);
    deferred.clear();
    for (AllWork work : works) {
      if (cause == null) {
        work.done().complete(true);
      } else {
        work.done().completeExceptionally(cause);
      }
    }
    runs.forEach((id, waiters) -> waiters.forEach(waiter -> answerLast(id, waiter, cause)));
  }

  /** Answers a request with the current state of its execution, which has not ended. */
  private void answerLast(
      ExecutionId id, CompletableFuture<Execution> waiter, @Nullable Throwable cause) {
    if (cause != null) {
      waiter.completeExceptionally(cause);
      return;
    }
    try {
      Execution execution = store.execution(id);
      if (execution == null) {
        throw Refusals.notFound("run", RecordRef.of(id), "an execution");
      }
      waiter.complete(execution);
    } catch (RuntimeException e) {
      waiter.completeExceptionally(e);
    }
  }
}
