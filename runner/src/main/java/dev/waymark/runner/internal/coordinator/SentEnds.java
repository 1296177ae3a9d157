package dev.waymark.runner.internal.coordinator;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.CommitResult;
import dev.waymark.runner.internal.attempt.LocalAttempt;
import dev.waymark.runner.internal.process.ProcessEnd;
import dev.waymark.runner.internal.rules.ExecutionPicture;
import dev.waymark.runner.internal.rules.StepChanges;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The ends of attempts that were sent to the store and whose answers have not been handled, by
 * execution in the order in which they were sent. Answers are handled in that order, whatever the
 * order in which they arrive. Belongs to the coordinator's thread.
 */
final class SentEnds {
  private final Executor inbox;
  private final Map<ExecutionId, Deque<Sent>> sent = new HashMap<>();
  private Consumer<Sent> handler = each -> {};

  /**
   * The end of an attempt, and the step that records it.
   *
   * @param picture the execution, in which the step is already made
   * @param changes the change set of the step
   * @param answer the answer of the store
   */
  record Sent(
      ExecutionPicture picture,
      LocalAttempt attempt,
      ProcessEnd end,
      StepChanges step,
      ChangeSet changes,
      CompletableFuture<CommitResult> answer) {}

  /**
   * Creates an empty set.
   *
   * @param inbox runs tasks on the coordinator's thread
   */
  SentEnds(Executor inbox) {
    this.inbox = inbox;
  }

  /** Handles each answer with this, from now on. */
  void handleWith(Consumer<Sent> answered) {
    this.handler = answered;
  }

  /** Adds an end that was sent. Its answer is handled when it has arrived. */
  void add(Sent end) {
    ExecutionId id = end.picture().id();
    sent.computeIfAbsent(id, key -> new ArrayDeque<>()).add(end);
    var unused = end.answer().whenComplete((result, error) -> inbox.execute(() -> handle(id)));
  }

  /** Whether there are answers of an execution to be handled. */
  boolean has(ExecutionId id) {
    return sent.containsKey(id);
  }

  /** Handles the answers that have arrived. */
  private void handle(ExecutionId id) {
    Deque<Sent> ends = sent.get(id);
    while (ends != null && ends.getFirst().answer().isDone()) {
      handler.accept(remove(id, ends));
      ends = sent.get(id);
    }
  }

  /** Waits for the answers of an execution, and handles them. */
  void await(ExecutionId id) {
    for (Deque<Sent> ends = sent.get(id); ends != null; ends = sent.get(id)) {
      ends.getFirst().answer().handle((result, error) -> true).join();
      handle(id);
    }
  }

  private Sent remove(ExecutionId id, Deque<Sent> ends) {
    Sent first = ends.removeFirst();
    if (ends.isEmpty()) {
      sent.remove(id);
    }
    return first;
  }

  /** Removes all ends of an execution, for a caller that handles their answers itself. */
  List<Sent> take(ExecutionId id) {
    Deque<Sent> ends = sent.remove(id);
    return ends == null ? List.of() : new ArrayList<>(ends);
  }
}
