package dev.waymark.core.internal.decide;

import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.submit.Submission.PreparedExecution;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Parent;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.store.Change;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The rules of executions. */
final class ExecutionRules {
  private final Decision decision;
  private final Ledger draft;
  private final Refusals refusals;
  private final ChildRules children;

  ExecutionRules(Decision decision, ChildRules children) {
    this.decision = decision;
    this.children = children;
    draft = decision.draft();
    refusals = decision.refusals();
  }

  void create(Change.CreateExecution change, PreparedExecution prepared) {
    Execution wanted = prepared.execution();
    ExecutionHead existing = draft.execution(wanted.id());
    if (existing != null) {
      if (existing.requestHash().equals(prepared.requestHash())) {
        decision.answer(change.target(), existing.version(), false);
      } else {
        refusals.add(
            change.target(),
            Reason.ALREADY_EXISTS,
            "create " + change.target(),
            "no execution with this id, or one from the same request",
            "an execution from another request");
      }
      return;
    }
    Parent parent = children.parent(change.execution());
    WorkflowHead workflow = draft.workflow(wanted.workflowId());
    if (workflow == null || workflow.revision() < wanted.workflowRevision()) {
      refuseMissingRevision(change, wanted, workflow);
      return;
    }
    if (parent == null && change.execution().parent() != null) {
      return; // It is refused.
    }
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
            parent);
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
            parent));
    if (!wanted.labels().isEmpty()) {
      draft.put(wanted.id(), wanted.labels());
    }
    decision.write(new Effect.ExecutionCreated(execution, prepared.requestHash()));
    decision.answer(change.target(), wanted.version(), true);
  }

  private void refuseMissingRevision(
      Change change, Execution wanted, @Nullable WorkflowHead workflow) {
    String attempted = "create " + change.target() + " of workflow " + wanted.workflowId();
    if (workflow == null) {
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
          "revisions 1 to " + workflow.revision());
    }
  }

  void update(Change.UpdateExecution change) {
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
      ExecutionHead after = head.moved(change.to(), decision.at());
      draft.put(after);
      decision.write(new Effect.ExecutionMoved(after, head.state(), change.error()));
      if (change.to() == ExecutionState.CANCELLING) {
        draft.clearReady(change.id());
        decision.write(new Effect.ExecutionNotReady(change.id()));
      }
      children.moved(head, after);
      decision.answer(change.target(), after.version(), true);
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
