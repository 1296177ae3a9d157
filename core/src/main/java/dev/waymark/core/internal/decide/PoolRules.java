package dev.waymark.core.internal.decide;

import dev.waymark.core.store.Change;
import java.util.Objects;

/** The rules of pools: every change is allowed. */
final class PoolRules {
  /** A pool has no version. */
  private static final int NONE = 0;

  private final Decision decision;
  private final Ledger draft;

  PoolRules(Decision decision) {
    this.decision = decision;
    draft = decision.draft();
  }

  void set(Change.SetPool change) {
    PoolHead head = draft.pool(change.name());
    boolean changes = !Objects.equals(head == null ? null : head.slots(), change.slots());
    if (changes) {
      draft.put(new PoolHead(change.name(), change.slots()));
      decision.write(new Effect.PoolSet(change.name(), change.slots()));
    }
    decision.answer(change.target(), NONE, changes);
  }
}
