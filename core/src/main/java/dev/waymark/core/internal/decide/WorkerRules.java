package dev.waymark.core.internal.decide;

import dev.waymark.core.store.Change;
import dev.waymark.core.store.Refusal.Reason;

/** What may become of workers. */
final class WorkerRules {
  /** A worker has no version. */
  private static final int NONE = 0;

  private final Hearing hearing;
  private final Ledger draft;
  private final Refusals refusals;

  WorkerRules(Hearing hearing) {
    this.hearing = hearing;
    draft = hearing.draft();
    refusals = hearing.refusals();
  }

  void keep(Change.KeepWorker change) {
    WorkerHead head = draft.worker(change.name());
    if (head != null && head.alive() && !head.life().equals(change.life())) {
      refusals.add(
          change.target(),
          Reason.ALREADY_EXISTS,
          "note " + change.target() + " as alive in life " + change.life(),
          "no other life to have the name",
          "life "
              + head.life()
              + ", which is alive: take the name once the time of that is over, or use another name");
      return;
    }
    draft.put(new WorkerHead(change.name(), change.life(), true));
    hearing.write(
        new Effect.WorkerKept(
            change.name(), change.life(), change.lease(), change.info(), head == null));
    hearing.answer(change.target(), NONE, true);
  }

  void retire(Change.RetireWorker change) {
    WorkerHead head = draft.worker(change.name());
    if (head == null) {
      hearing.answer(change.target(), NONE, false);
    } else if (!head.life().equals(change.life())) {
      refusals.add(
          change.target(),
          Reason.LEASE_LOST,
          "note " + change.target() + " as stopped",
          "life " + change.life() + " to have the name",
          "life " + head.life());
    } else {
      draft.put(new WorkerHead(change.name(), change.life(), false));
      hearing.write(new Effect.WorkerRetired(change.name()));
      hearing.answer(change.target(), NONE, head.alive());
    }
  }
}
