package dev.waymark.runner.internal;

import dev.waymark.core.model.Ids;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Claims;
import dev.waymark.core.store.StateStore;

/** Takes note that nothing is due any more about an execution that has ended or is none of ours. */
record Overdue(StateStore store, Patience patience, Ids ids) {

  void clear(Claims.Due due) {
    ChangeSet changes =
        ChangeSet.builder(ids.commitId()).clearDue(due.executionId(), due.reason()).build();
    var unused = patience.call(() -> store.commit(changes));
  }
}
