package dev.waymark.core.internal.decide;

import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.Workflow;

/** What may become of workflows. */
final class WorkflowRules {
  private final Hearing hearing;
  private final Ledger draft;

  WorkflowRules(Hearing hearing) {
    this.hearing = hearing;
    draft = hearing.draft();
  }

  void save(Workflow content) {
    WorkflowHead head = draft.workflow(content.id());
    RecordRef ref = RecordRef.of(content.id());
    if (head != null && head.contentHash().equals(content.contentHash())) {
      hearing.answer(ref, head.revision(), false);
      return;
    }
    int revision = head == null ? 1 : head.revision() + 1;
    draft.put(new WorkflowHead(content.id(), revision, content.contentHash()));
    hearing.write(
        new Effect.WorkflowSaved(
            new Workflow(
                content.id(),
                revision,
                content.description(),
                content.labels(),
                content.createdAt(),
                content.contentHash(),
                content.definition())));
    hearing.answer(ref, revision, true);
  }
}
