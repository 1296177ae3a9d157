package dev.waymark.bench.claims;

import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Claims;
import java.util.List;

/** Finishes what was claimed. */
public final class Ends {
  private Ends() {}

  /** The success of task runs, of which each is the only one of its execution. */
  public static ChangeSet of(List<Claims.Claimed> claimed, CommitId id) {
    ChangeSet.Builder changes = ChangeSet.builder(id);
    for (Claims.Claimed each : claimed) {
      changes
          .updateAttempt(each.attempt().id(), AttemptState.SUCCEEDED, 0)
          .updateTaskRun(each.attempt().id(), TaskRunState.SUCCEEDED)
          .updateExecution(each.execution().id(), ExecutionState.SUCCEEDED);
    }
    return changes.build();
  }
}
