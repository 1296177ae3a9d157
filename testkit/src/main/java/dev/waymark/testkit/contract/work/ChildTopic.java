package dev.waymark.testkit.contract.work;

import dev.waymark.core.model.ChildPolicy;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.NewExecution;
import dev.waymark.testkit.contract.base.ContractTest;

/** What the topics of children share. */
abstract class ChildTopic extends ContractTest {
  final ExecutionId child(TaskRunId parent, ChildPolicy policy) {
    flow();
    ExecutionId id = ids.executionId();
    store.createExecution(new NewExecution(id, FLOW).childOf(parent, policy));
    return id;
  }

  final ExecutionId child(TaskRunId parent) {
    return child(parent, ChildPolicy.CANCEL);
  }

  final void move(ExecutionId id, ExecutionState... states) {
    ChangeSet.Builder moves = changes();
    for (ExecutionState state : states) {
      moves.updateExecution(id, state);
    }
    store.commit(moves.build());
  }

  final void end(ExecutionId id) {
    move(id, ExecutionState.RUNNING, ExecutionState.SUCCEEDED);
  }
}
