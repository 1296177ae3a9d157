package dev.waymark.core.internal.decide;

import dev.waymark.core.store.Change;
import java.util.Objects;

/** What may become of pools: anything. */
final class PoolRules {
  /** A pool has no version. */
  private static final int NONE = 0;

  private final Hearing hearing;
  private final Ledger draft;

  PoolRules(Hearing hearing) {
    this.hearing = hearing;
    draft = hearing.draft();
  }

  void set(Change.SetPool change) {
    PoolHead head = draft.pool(change.name());
    boolean changes = !Objects.equals(head == null ? null : head.slots(), change.slots());
    if (changes) {
      draft.put(new PoolHead(change.name(), change.slots()));
      hearing.write(new Effect.PoolSet(change.name(), change.slots()));
    }
    hearing.answer(change.target(), NONE, changes);
  }
}
