package dev.waymark.core.internal.decide;

import dev.waymark.core.conflict.Refusal.Reason;
import dev.waymark.core.store.Change;

/** The rules of workers. */
final class WorkerRules {
  /** A worker has no version. */
  private static final int NONE = 0;

  private final Decision decision;
  private final Ledger draft;
  private final Refusals refusals;

  WorkerRules(Decision decision) {
    this.decision = decision;
    draft = decision.draft();
    refusals = decision.refusals();
  }

  void keep(Change.KeepWorker change) {
    WorkerHead head = draft.worker(change.name());
    if (head != null && head.alive() && !head.life().equals(change.life())) {
      refusals.add(
          change.target(),
          Reason.ALREADY_EXISTS,
          "record " + change.target() + " as alive with life id " + change.life(),
          "no other living worker with this name",
          "life id "
              + head.life()
              + ", which is alive; wait until its lease expires, or use another name");
      return;
    }
    draft.put(new WorkerHead(change.name(), change.life(), true));
    decision.write(
        new Effect.WorkerKept(
            change.name(), change.life(), change.lease(), change.info(), head == null));
    decision.answer(change.target(), NONE, true);
  }

  void retire(Change.RetireWorker change) {
    WorkerHead head = draft.worker(change.name());
    if (head == null) {
      decision.answer(change.target(), NONE, false);
    } else if (!head.life().equals(change.life())) {
      refusals.add(
          change.target(),
          Reason.LEASE_LOST,
          "record " + change.target() + " as stopped",
          "life id " + change.life() + " to own the name",
          "life id " + head.life());
    } else {
      draft.put(new WorkerHead(change.name(), change.life(), false));
      decision.write(new Effect.WorkerRetired(change.name()));
      decision.answer(change.target(), NONE, head.alive());
    }
  }
}
