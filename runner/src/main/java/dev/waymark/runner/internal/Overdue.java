package dev.waymark.runner.internal;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Ids;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.StateStore;
import java.time.Duration;

/** Takes note of when an execution is due, apart from the steps that are done upon it. */
record Overdue(StateStore store, Patience patience, Ids ids) {

  /** The time of an execution begins; where it has begun before, that stays so. */
  void begin(ExecutionId id, Duration timeout) {
    commit(ChangeSet.builder(ids.commitId()).markDue(id, DueReason.DEADLINE, timeout).build());
  }

  /** Nothing is due any more about an execution that has ended or is none of ours. */
  void clear(Claims.Due due) {
    commit(ChangeSet.builder(ids.commitId()).clearDue(due.executionId(), due.reason()).build());
  }

  private void commit(ChangeSet changes) {
    var unused = patience.call(() -> store.commit(changes));
  }
}
