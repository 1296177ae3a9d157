package dev.waymark.runner.internal.coordinator;

import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.internal.base.Refusals;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What callers ask of a runner and wait for: the end of an execution, or that there is nothing to
 * do. Belongs to the coordinator's thread; only the answers go to the threads of the callers.
 */
final class Requests {
  private final StateStore store;
  private final Map<ExecutionId, List<CompletableFuture<ExecutionState>>> runs =
      new LinkedHashMap<>();
  private final List<AllWork> works = new ArrayList<>();

  private final Set<ExecutionId> helped = new LinkedHashSet<>();
  private final List<Runnable> deferred = new ArrayList<>();

  private record AllWork(boolean untilIdle, CompletableFuture<Boolean> done) {}

  Requests(StateStore store) {
    this.store = store;
  }

  /** Somebody wants this execution to be worked on, and waits for its end. */
  void add(ExecutionId id, CompletableFuture<ExecutionState> answer) {
    runs.computeIfAbsent(id, key -> new ArrayList<>()).add(answer);
  }

  /** Somebody wants all that is ready to be worked on, for ever or until there is nothing to do. */
  void addAll(boolean untilIdle, CompletableFuture<Boolean> done) {
    works.add(new AllWork(untilIdle, done));
  }

  /** The executions that somebody waits for now, and those that keep them waiting. */
  Set<ExecutionId> executions() {
    Set<ExecutionId> all = new LinkedHashSet<>(runs.keySet());
    all.addAll(helped);
    return all;
  }

  /** This execution keeps one waiting that somebody waits for, and nobody works on it. */
  boolean help(ExecutionId id) {
    return !runs.containsKey(id) && helped.add(id);
  }

  /** The executions that are worked on only because they keep others waiting. */
  Set<ExecutionId> helped() {
    return new LinkedHashSet<>(helped);
  }

  /** Whether all that somebody waited for has ended, but for those that were helped. */
  boolean onlyHelps() {
    return runs.isEmpty() && works.isEmpty() && !helped.isEmpty();
  }

  /** Such an execution has ended, or nothing can be done for it. */
  void helpNoMore(ExecutionId id) {
    if (helped.remove(id) && helped.isEmpty()) {
      deferred.forEach(Runnable::run);
      deferred.clear();
    }
  }

  /** Whether whatever is ready is to be worked on. */
  boolean isForAll() {
    return !works.isEmpty();
  }

  /** Whether somebody waits for the moment when there is nothing to do. */
  boolean awaitsIdle() {
    return works.stream().anyMatch(AllWork::untilIdle);
  }

  boolean isEmpty() {
    return runs.isEmpty() && works.isEmpty() && deferred.isEmpty();
  }

  /** An execution has ended. */
  void answer(ExecutionId id, ExecutionState state) {
    remove(id)
        .forEach(
            waiter -> {
              if (helped.isEmpty()) {
                waiter.complete(state);
              } else {
                // What was begun to help is brought to its end first.
                deferred.add(() -> waiter.complete(state));
              }
            });
    helpNoMore(id);
  }

  /** An execution cannot be worked on. */
  void fail(ExecutionId id, WaymarkException cause) {
    remove(id).forEach(waiter -> waiter.completeExceptionally(cause));
    helpNoMore(id);
  }

  private List<CompletableFuture<ExecutionState>> remove(ExecutionId id) {
    List<CompletableFuture<ExecutionState>> waiters = runs.remove(id);
    return waiters == null ? List.of() : waiters;
  }

  /** There is nothing to do. */
  void answerIdle() {
    works.stream().filter(AllWork::untilIdle).forEach(work -> work.done().complete(true));
    works.removeIf(AllWork::untilIdle);
  }

  /**
   * Nobody works any more: answers all who still wait, with how things stand or with the reason.
   *
   * @param cause why the runner failed, or null where it was stopped
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

  /** Tells one who waits for an execution that has not ended how it stands. */
  private void answerLast(
      ExecutionId id, CompletableFuture<ExecutionState> waiter, @Nullable Throwable cause) {
    if (cause != null) {
      waiter.completeExceptionally(cause);
      return;
    }
    try {
      Execution execution = store.execution(id);
      if (execution == null) {
        throw Refusals.notFound("run", RecordRef.of(id), "an execution");
      }
      waiter.complete(execution.state());
    } catch (RuntimeException e) {
      waiter.completeExceptionally(e);
    }
  }
}
