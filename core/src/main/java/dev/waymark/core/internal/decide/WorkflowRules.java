package dev.waymark.core.internal.decide;

import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.store.DeleteChange;

/** The rules of workflows. */
final class WorkflowRules {
  private final Decision decision;
  private final Ledger draft;

  WorkflowRules(Decision decision) {
    this.decision = decision;
    draft = decision.draft();
  }

  void save(Workflow content) {
    WorkflowHead head = draft.workflow(content.id());
    RecordRef ref = RecordRef.of(content.id());
    if (head != null && head.contentHash().equals(content.contentHash())) {
      decision.answer(ref, head.revision(), false);
      return;
    }
    int revision = head == null ? 1 : head.revision() + 1;
    int first = head == null || head.isDeleted() ? revision : head.firstRevision();
    draft.put(new WorkflowHead(content.id(), first, revision, content.contentHash()));
    decision.write(
        new Effect.WorkflowSaved(
            new Workflow(
                content.id(),
                revision,
                content.description(),
                content.labels(),
                content.createdAt(),
                content.contentHash(),
                content.definition())));
    decision.answer(ref, revision, true);
  }

  void delete(DeleteChange.DeleteWorkflow change) {
    WorkflowHead head = draft.workflow(change.id());
    if (head == null || head.isDeleted()) {
      decision.answer(change.target(), 0, false);
      return;
    }
    long executions = draft.executionsOf(change.id());
    if (executions > 0) {
      decision
          .refusals()
          .add(
              change.target(),
              Reason.OUT_OF_STEP,
              "delete " + change.target(),
              "a workflow without executions (delete them first)",
              executions + (executions == 1 ? " execution" : " executions"));
      return;
    }
    draft.put(head.deleted());
    decision.write(new Effect.WorkflowDeleted(change.id(), head.revision()));
    decision.answer(change.target(), head.revision(), true);
  }
}
