package dev.waymark.testkit;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.Claims.Due;
import dev.waymark.core.store.StateStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * All executions that are due in a store, even if a single claim returns only some of them.
 *
 * @since 0.1.0
 */
public final class WhatIsDue {
  private WhatIsDue() {}

  /**
   * Returns the executions that are due now, in the order in which claims return them, and clears
   * their due notes.
   */
  public static List<ExecutionId> take(StateStore store) {
    List<ExecutionId> taken = new ArrayList<>();
    List<Due> reported = look(store);
    while (!reported.isEmpty()) {
      ChangeSet.Builder changes = ChangeSet.builder();
      for (Due due : reported) {
        changes.clearDue(due.executionId(), due.reason());
        taken.add(due.executionId());
      }
      store.commit(changes.build());
      reported = look(store);
    }
    return taken;
  }

  private static List<Due> look(StateStore store) {
    return store.claim(ClaimRequest.of("looks only", 0, Duration.ofHours(1))).due();
  }
}
