package dev.waymark.core.internal.decide;

import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.ChildPolicy;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Parent;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.NewExecution;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The rules of children: which task run may start one, and what the end of a child or of its parent
 * leads to.
 */
final class ChildRules {
  private final Decision decision;
  private final Ledger draft;
  private final Refusals refusals;
  private final SignalRules signals;

  ChildRules(Decision decision, SignalRules signals) {
    this.decision = decision;
    draft = decision.draft();
    refusals = decision.refusals();
    this.signals = signals;
  }

  /**
   * The parent of a new execution: null when it has none, and also when the task run may not start
   * it, with a refusal.
   */
  @Nullable Parent parent(NewExecution wanted) {
    NewExecution.ParentTask task = wanted.parent();
    if (task == null) {
      return null;
    }
    RecordRef ref = RecordRef.of(task.taskRunId());
    String attempted = "create execution " + wanted.id() + " as a child of " + ref;
    TaskRunHead head = draft.taskRun(task.taskRunId());
    ExecutionHead execution = head == null ? null : draft.execution(head.executionId());
    if (head == null || execution == null) {
      refusals.add(ref, Reason.NOT_FOUND, attempted, "a task run", "none");
      return null;
    }
    if (head.state().isTerminal()) {
      refusals.add(
          ref,
          Reason.OUT_OF_STEP,
          attempted,
          "a task run that has not ended",
          "state " + head.state().name());
      return null;
    }
    if (execution.state() == ExecutionState.CANCELLING && task.policy() == ChildPolicy.CANCEL) {
      refusals.add(
          RecordRef.of(execution.id()),
          Reason.OUT_OF_STEP,
          attempted + " that is cancelled with it",
          "an execution that is not being cancelled",
          "state " + execution.state().name());
      return null;
    }
    int depth = execution.parent() == null ? 1 : execution.parent().depth() + 1;
    if (depth > decision.limits().maxDepth()) {
      throw new InvalidInputException(
          "execution "
              + wanted.id()
              + " would have "
              + depth
              + " ancestors, which is over the limit maxDepth of "
              + decision.limits().maxDepth()
              + "; raise the limit when opening the store");
    }
    return new Parent(task.taskRunId(), head.executionId(), task.policy(), depth);
  }

  /**
   * To be called before the end of an execution that is continued: the waits for it go on, and what
   * cancels its parent cancels the one that continues it.
   */
  void continued(ExecutionHead head, ExecutionId next) {
    Parent parent = head.parent();
    if (parent == null) {
      return;
    }
    signals.childContinued(head.id(), next, parent.executionId());
    ExecutionHead above = draft.execution(parent.executionId());
    boolean isCancelled =
        above != null
            && switch (above.state()) {
              case CANCELLING, FAILED, CANCELLED -> parent.policy() == ChildPolicy.CANCEL;
              case PENDING, RUNNING, PAUSED, SUCCEEDED -> false;
            };
    if (isCancelled) {
      decision.write(new Effect.ExecutionDue(next, DueReason.CANCEL, Duration.ZERO));
    }
  }

  /** To be called after each move of an execution. */
  void moved(ExecutionHead before, ExecutionHead after) {
    if (after.state().isTerminal() && after.parent() != null) {
      decision.write(new Effect.ExecutionNotDue(after.id(), DueReason.CANCEL));
      signals.childEnded(after.id(), after.parent().executionId());
    }
    boolean takesChildrenAlong =
        switch (after.state()) {
          case CANCELLING, FAILED, CANCELLED -> before.state() != ExecutionState.CANCELLING;
          case PENDING, RUNNING, PAUSED, SUCCEEDED -> false;
        };
    if (takesChildrenAlong) {
      decision.write(new Effect.ChildrenDue(after.id()));
    }
  }
}
