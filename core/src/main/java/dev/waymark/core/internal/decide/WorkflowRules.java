package dev.waymark.core.internal.decide;

import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.Workflow;

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
    draft.put(new WorkflowHead(content.id(), revision, content.contentHash()));
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
}
