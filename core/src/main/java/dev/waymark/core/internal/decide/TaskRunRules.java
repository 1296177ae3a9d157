package dev.waymark.core.internal.decide;

import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.NewTaskRun;
import org.jspecify.annotations.Nullable;

/** The rules of task runs: their creation and their states. */
final class TaskRunRules {
  private final Decision decision;
  private final Ledger draft;
  private final Refusals refusals;

  TaskRunRules(Decision decision) {
    this.decision = decision;
    draft = decision.draft();
    refusals = decision.refusals();
  }

  void create(NewTaskRun wanted) {
    RecordRef ref = RecordRef.of(wanted.id());
    TaskRunHead existing = draft.taskRun(wanted.id());
    if (existing != null) {
      if (existing.executionId().equals(wanted.executionId())
          && existing.taskId().equals(wanted.taskId())) {
        decision.answer(ref, existing.version(), false);
      } else {
        refusals.add(
            ref,
            Reason.ALREADY_EXISTS,
            "create " + ref,
            "no task run with this id",
            "a task run for task " + existing.taskId() + " of execution " + existing.executionId());
      }
      return;
    }
    ExecutionHead execution = draft.execution(wanted.executionId());
    if (execution == null) {
      refusals.add(
          RecordRef.of(wanted.executionId()),
          Reason.NOT_FOUND,
          "create " + ref + " of execution " + wanted.executionId(),
          "an execution",
          "none");
    } else if (execution.state().isTerminal()) {
      refusals.add(
          RecordRef.of(wanted.executionId()),
          Reason.OUT_OF_STEP,
          "create " + ref + " of execution " + wanted.executionId(),
          "an execution that has not ended",
          "state " + execution.state().name());
    } else {
      createFor(wanted, ref);
    }
  }

  private void createFor(NewTaskRun wanted, RecordRef ref) {
    TaskRunId sameTask = draft.taskRunOf(new TaskKey(wanted.executionId(), wanted.taskId()));
    if (sameTask != null) {
      refusals.add(
          ref,
          Reason.ALREADY_EXISTS,
          "create "
              + ref
              + " for task "
              + wanted.taskId()
              + " of execution "
              + wanted.executionId(),
          "no task run for this task",
          RecordRef.of(sameTask).toString());
      return;
    }
    TaskRunCounts counts = decision.counts(wanted.executionId());
    if (counts.taskRuns() >= decision.limits().maxTaskRuns()) {
      throw new InvalidInputException(
          "execution "
              + wanted.executionId()
              + " has "
              + counts.taskRuns()
              + " task runs, which is the limit maxTaskRuns; raise the limit when opening the"
              + " store");
    }
    draft.put(
        new TaskRunHead(
            wanted.id(),
            wanted.executionId(),
            wanted.taskId(),
            TaskRunState.PENDING,
            1,
            0,
            null,
            LeaseState.NONE,
            null,
            null));
    decision.write(
        new Effect.TaskRunCreated(
            new TaskRun(
                wanted.id(),
                wanted.executionId(),
                wanted.taskId(),
                TaskRunState.PENDING,
                1,
                0,
                decision.at(),
                null,
                null)));
    if (wanted.input() != null) {
      decision.write(
          new Effect.PayloadSet(
              PayloadRef.inputOf(wanted.id()), wanted.executionId(), wanted.input()));
    }
    decision.answer(ref, 1, true);
  }

  void update(Change.UpdateTaskRun change) {
    TaskRunHead after = accepted(change);
    if (after != null) {
      decision.answer(change.target(), after.version(), true);
    }
  }

  /** Moves a task run, and returns its new head. Otherwise adds a refusal and returns null. */
  @Nullable TaskRunHead accepted(Change.UpdateTaskRun change) {
    TaskRunHead head = draft.taskRun(change.id());
    String attempted = "move " + change.target() + " to " + change.to();
    if (head == null) {
      refusals.add(change.target(), Reason.NOT_FOUND, attempted, "a task run", "none");
    } else if (Decision.isVoid(change.fence(), head)) {
      decision.refuseVoid(change.target(), attempted, change.fence(), head);
    } else if (Refusals.isStale(change.expectedVersion(), head.version())) {
      refusals.stale(
          change.target(), attempted, change.expectedVersion(), head.version(), head.state());
    } else if (!head.state().canMoveTo(change.to())) {
      refusals.move(change.target(), attempted, head.state(), head.state().moves());
    } else if (change.to() == TaskRunState.RUNNING && decision.isHeld(head)) {
      decision.refuseHeld(change.target(), attempted, head);
    } else if (head.hasLiveAttempt() && change.to() != TaskRunState.RUNNING) {
      refusals.add(
          change.target(),
          Reason.OUT_OF_STEP,
          attempted,
          "its attempt " + head.lastAttempt() + " to have ended",
          "it " + head.lastAttemptState());
    } else {
      return move(head, change.to());
    }
    return null;
  }

  private TaskRunHead move(TaskRunHead head, TaskRunState to) {
    TaskRunHead after = moved(head, to);
    if (head.state() != TaskRunState.RUNNING && to != TaskRunState.RUNNING) {
      draft.clearReady(after.id()); // The timer of a task run that waits is one of its wait.
      decision.write(new Effect.TaskRunNotReady(after.id()));
    }
    return after;
  }

  /** Moves a task run that may move. It stays ready if it is. */
  TaskRunHead moved(TaskRunHead head, TaskRunState to) {
    TaskRunHead after = head.moved(to, decision.at());
    draft.put(after);
    decision.write(new Effect.TaskRunMoved(after, head.state()));
    return after;
  }
}
