package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.internal.decide.TaskRunHead;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunState;
import org.jspecify.annotations.Nullable;

/** The change of a task run, and the precondition that shows that it was not changed since. */
record TaskRunWrite(
    TaskRunState stateBefore, long versionBefore, int attemptBefore, TaskRunHead after) {

  /** Both changes as one. */
  TaskRunWrite then(TaskRunWrite next) {
    return new TaskRunWrite(stateBefore, versionBefore, attemptBefore, next.after);
  }

  /** The row of {@link dev.waymark.jdbc.internal.sql.WriteStatement#INSERT_TASK_RUN}. */
  static @Nullable Object[] created(TaskRun t) {
    return new @Nullable Object[] {
      t.id().value(),
      t.executionId().value(),
      t.taskId().value(),
      t.state().name(),
      t.version(),
      t.lastAttempt(),
      t.createdAt()
    };
  }

  /** The row of {@link dev.waymark.jdbc.internal.sql.WriteStatement#UPDATE_TASK_RUN}. */
  @Nullable Object[] row() {
    return new @Nullable Object[] {
      after.state().name(),
      after.version(),
      after.lastAttempt(),
      after.startedAt(),
      after.endedAt(),
      after.id().value(),
      stateBefore.name(),
      versionBefore,
      attemptBefore
    };
  }
}
