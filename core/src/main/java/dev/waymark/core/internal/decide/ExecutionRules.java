package dev.waymark.core.internal.decide;

import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.submit.Submission.PreparedExecution;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Parent;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.DeleteChange;
import dev.waymark.core.store.NewExecution;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The rules of executions. */
final class ExecutionRules {
  private final Decision decision;
  private final Ledger draft;
  private final Refusals refusals;
  private final SignalRules signals;
  private final ChildRules children;

  ExecutionRules(Decision decision, SignalRules signals) {
    this.decision = decision;
    this.signals = signals;
    children = new ChildRules(decision, signals);
    draft = decision.draft();
    refusals = decision.refusals();
  }

  void create(Change.CreateExecution change, PreparedExecution prepared) {
    NewExecution wanted = change.execution();
    if (refusesExisting(wanted, prepared, change.target())) {
      return;
    }
    Parent parent = children.parent(wanted);
    boolean isRefused = parent == null && wanted.parent() != null;
    if (hasRevision(change, prepared.execution()) && !isRefused) {
      create(prepared, parent, null);
      decision.answer(change.target(), prepared.execution().version(), true);
    }
  }

  /** Whether the execution exists; a repeated start is answered, and any other one refused. */
  private boolean refusesExisting(
      NewExecution wanted, PreparedExecution prepared, RecordRef answer) {
    ExecutionHead existing = draft.execution(wanted.id());
    if (existing == null) {
      return false;
    }
    if (existing.requestHash().equals(prepared.requestHash())) {
      decision.answer(answer, existing.version(), false);
    } else {
      refuseOther(wanted.id());
    }
    return true;
  }

  private void refuseOther(ExecutionId id) {
    RecordRef ref = RecordRef.of(id);
    refusals.add(
        ref,
        Reason.ALREADY_EXISTS,
        "create " + ref,
        "no execution with this id, or one from the same request",
        "an execution from another request");
  }

  private void create(
      PreparedExecution prepared, @Nullable Parent parent, @Nullable ExecutionId continues) {
    Execution wanted = prepared.execution();
    WorkflowHead workflow = Objects.requireNonNull(draft.workflow(wanted.workflowId()));
    int revision = wanted.workflowRevision() == 0 ? workflow.revision() : wanted.workflowRevision();
    Execution execution =
        new Execution(
            wanted.id(),
            wanted.workflowId(),
            revision,
            wanted.state(),
            wanted.version(),
            wanted.labels(),
            wanted.input(),
            wanted.createdAt(),
            null,
            null,
            null,
            parent,
            continues,
            null);
    draft.put(
        new ExecutionHead(
            wanted.id(),
            wanted.workflowId(),
            wanted.state(),
            wanted.version(),
            wanted.createdAt(),
            null,
            null,
            prepared.requestHash(),
            parent,
            null));
    if (!wanted.labels().isEmpty()) {
      draft.put(wanted.id(), wanted.labels());
    }
    decision.write(new Effect.ExecutionCreated(execution, prepared.requestHash()));
  }

  void continueAs(Change.ContinueExecution change, PreparedExecution prepared) {
    ExecutionId next = change.next().id();
    ExecutionHead head = draft.execution(change.id());
    ExecutionHead existing = draft.execution(next);
    if (head != null && existing != null && next.equals(head.continuedAs())) {
      if (existing.requestHash().equals(prepared.requestHash())) {
        decision.answer(change.target(), head.version(), false);
      } else {
        refuseOther(next);
      }
      return;
    }
    if (existing != null) {
      refusals.add(
          RecordRef.of(next),
          Reason.ALREADY_EXISTS,
          "continue " + change.target() + " as " + RecordRef.of(next),
          "no execution with this id",
          "an execution in state " + existing.state().name());
    }
    boolean mayBegin = hasRevision(change, prepared.execution());
    ExecutionHead before =
        accepted(new Change.UpdateExecution(change.id(), ExecutionState.SUCCEEDED, null, null));
    if (before == null || existing != null || !mayBegin) {
      return;
    }
    create(prepared, before.parent(), change.id());
    signals.continued(change.id(), next);
    children.continued(before, next);
    ExecutionHead after = before.moved(ExecutionState.SUCCEEDED, decision.at()).continued(next);
    moved(before, after, null);
    decision.answer(change.target(), after.version(), true);
  }

  private boolean hasRevision(Change change, Execution wanted) {
    WorkflowHead workflow = draft.workflow(wanted.workflowId());
    if (workflow == null || !workflow.has(wanted.workflowRevision())) {
      refuseMissingRevision(change, wanted, workflow);
      return false;
    }
    return true;
  }

  private void refuseMissingRevision(
      Change change, Execution wanted, @Nullable WorkflowHead workflow) {
    String attempted = "create " + change.target() + " of workflow " + wanted.workflowId();
    if (workflow == null || workflow.isDeleted()) {
      refusals.add(
          RecordRef.of(wanted.workflowId()),
          Reason.NOT_FOUND,
          attempted,
          "a saved workflow",
          "none");
    } else {
      refusals.add(
          RecordRef.of(wanted.workflowId()),
          Reason.NOT_FOUND,
          attempted,
          "revision " + wanted.workflowRevision(),
          "revisions " + workflow.firstRevision() + " to " + workflow.revision());
    }
  }

  void update(Change.UpdateExecution change) {
    ExecutionHead head = accepted(change);
    if (head != null) {
      ExecutionHead after = head.moved(change.to(), decision.at());
      moved(head, after, change.error());
      decision.answer(change.target(), after.version(), true);
    }
  }

  /** Returns an execution that may move. Otherwise adds a refusal and returns null. */
  private @Nullable ExecutionHead accepted(Change.UpdateExecution change) {
    ExecutionHead head = draft.execution(change.id());
    String attempted = "move " + change.target() + " to " + change.to();
    if (head == null) {
      refusals.add(change.target(), Reason.NOT_FOUND, attempted, "an execution", "none");
    } else if (Refusals.isStale(change.expectedVersion(), head.version())) {
      refusals.stale(
          change.target(), attempted, change.expectedVersion(), head.version(), head.state());
    } else if (!head.state().canMoveTo(change.to())) {
      refusals.move(change.target(), attempted, head.state(), head.state().moves());
    } else if (change.to().isTerminal() && decision.counts(change.id()).live() > 0) {
      refusals.add(
          change.target(),
          Reason.OUT_OF_STEP,
          attempted,
          "all its task runs to have ended",
          decision.counts(change.id()).live() + " that have not ended");
    } else {
      return head;
    }
    return null;
  }

  private void moved(ExecutionHead before, ExecutionHead after, @Nullable String error) {
    draft.put(after);
    decision.write(new Effect.ExecutionMoved(after, before.state(), error));
    if (after.state() == ExecutionState.CANCELLING) {
      draft.clearReady(after.id());
      decision.write(new Effect.ExecutionNotReady(after.id()));
    }
    children.moved(before, after);
  }

  /**
   * Deletes an execution that has ended. It gets no children any more: only a task run that has not
   * ended starts one. A child that is continued has not ended before.
   */
  void delete(DeleteChange.DeleteExecution change) {
    String attempted = "delete " + change.target();
    ExecutionHead head = draft.execution(change.id());
    if (head == null) {
      decision.answer(change.target(), 0, false);
      return;
    }
    ExecutionId child = draft.openChild(change.id());
    if (!head.state().isTerminal()) {
      refusals.add(
          change.target(),
          Reason.OUT_OF_STEP,
          attempted,
          "an execution that has ended (cancel it first)",
          "state " + head.state().name());
    } else if (child != null) {
      refusals.add(
          change.target(),
          Reason.OUT_OF_STEP,
          attempted,
          "no child that has not ended (cancel it, or wait for its end)",
          "child " + child);
    } else {
      draft.delete(head);
      decision.write(new Effect.ExecutionDeleted(change.id()));
      decision.answer(change.target(), head.version(), true);
    }
  }

  void label(Change.SetLabels change) {
    ExecutionHead head = decision.existing(change.id(), "set labels of " + change.target());
    if (head == null) {
      return;
    }
    Map<String, String> before = draft.labels(change.id());
    Map<String, String> after = new TreeMap<>(before);
    after.putAll(change.set());
    after.keySet().removeAll(change.removed());
    int most = decision.limits().maxLabels();
    if (after.size() > most) {
      throw new InvalidInputException(
          change.target()
              + " would have "
              + after.size()
              + " labels; the limit maxLabels is "
              + most
              + ". Remove labels, or raise the limit when opening the store");
    }
    boolean isChanged = !after.equals(before);
    if (isChanged) {
      draft.put(change.id(), after);
      decision.write(new Effect.LabelsSet(change.id(), head.createdAt(), after));
    }
    decision.answer(change.target(), head.version(), isChanged);
  }

  void admit(Change.AdmitExecution change) {
    boolean resumes = change.from() == ExecutionState.PAUSED;
    String attempted =
        (resumes ? "resume " : "start ") + change.target() + " of workflow " + change.workflow();
    ExecutionHead head = decision.existing(change.id(), attempted);
    if (head == null) {
      return;
    }
    if (!head.workflowId().equals(change.workflow())) {
      refusals.add(
          change.target(),
          Reason.ALREADY_EXISTS,
          attempted,
          "an execution of that workflow",
          "an execution of workflow " + head.workflowId());
    } else if (head.state() != change.from()
        || draft.underWay(change.workflow()) - head.countsAsUnderWay() >= change.most()) {
      decision.answer(change.target(), head.version(), false);
    } else {
      update(new Change.UpdateExecution(change.id(), ExecutionState.RUNNING, null, null));
    }
  }
}
