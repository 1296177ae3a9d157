package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.internal.decide.Effect;
import dev.waymark.core.internal.decide.ExecutionHead;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.Parent;
import dev.waymark.jdbc.internal.sql.WriteStatement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of the statements that write executions, and the statements that delete one. */
final class ExecutionRows {
  /**
   * Together they delete an execution with everything that belongs to it, in any table. Each has
   * its id as the only column.
   */
  static final List<WriteStatement> DELETIONS =
      List.of(
          WriteStatement.CLEAR_READY_OF_EXECUTION,
          WriteStatement.CLEAR_SIGNAL_WAITS,
          WriteStatement.CLEAR_LOGS,
          WriteStatement.CLEAR_LABELS,
          WriteStatement.DELETE_LEASES,
          WriteStatement.DELETE_DUE,
          WriteStatement.DELETE_OUTPUTS,
          WriteStatement.DELETE_PAYLOADS,
          WriteStatement.DELETE_SIGNALS,
          WriteStatement.DELETE_ATTEMPTS,
          WriteStatement.DELETE_TASK_RUNS,
          WriteStatement.DELETE_HISTORY,
          WriteStatement.DELETE_EXECUTION_DETAIL,
          WriteStatement.DELETE_EXECUTION);

  private ExecutionRows() {}

  /** The row of {@link WriteStatement#INSERT_EXECUTION}. */
  static @Nullable Object[] created(Execution e, String requestHash) {
    Parent parent = e.parent();
    return new @Nullable Object[] {
      e.id().value(),
      e.workflowId().value(),
      e.workflowRevision(),
      e.state().name(),
      e.version(),
      requestHash,
      e.createdAt(),
      parent == null ? null : parent.taskRunId().value(),
      parent == null ? null : parent.executionId().value(),
      parent == null ? null : parent.policy().name(),
      parent == null ? null : parent.depth(),
      e.continues() == null ? null : e.continues().value()
    };
  }

  /** The row of {@link WriteStatement#UPDATE_EXECUTION}. */
  static @Nullable Object[] moved(Effect.ExecutionMoved move) {
    ExecutionHead e = move.after();
    return new @Nullable Object[] {
      e.state().name(),
      e.version(),
      e.startedAt(),
      e.endedAt(),
      move.error(),
      e.id().value(),
      e.workflowId().value(),
      e.createdAt(),
      e.continuedAs() == null ? null : e.continuedAs().value()
    };
  }
}
