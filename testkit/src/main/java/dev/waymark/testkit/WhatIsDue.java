package dev.waymark.testkit;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims.Due;
import dev.waymark.core.store.StateStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** All that is due in a store, however much a claim tells at once. */
public final class WhatIsDue {
  private WhatIsDue() {}

  /** What is due now, which then is not any more; in the order in which it is told. */
  public static List<ExecutionId> take(StateStore store) {
    List<ExecutionId> taken = new ArrayList<>();
    List<Due> told = look(store);
    while (!told.isEmpty()) {
      ChangeSet.Builder changes = ChangeSet.builder();
      for (Due due : told) {
        changes.clearDue(due.executionId(), due.reason());
        taken.add(due.executionId());
      }
      store.commit(changes.build());
      told = look(store);
    }
    return taken;
  }

  private static List<Due> look(StateStore store) {
    return store.claim(ClaimRequest.of("looks only", 0, Duration.ofHours(1))).due();
  }
}
