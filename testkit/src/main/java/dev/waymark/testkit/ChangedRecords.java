package dev.waymark.testkit;

import dev.waymark.core.internal.decide.Effect;
import dev.waymark.core.internal.decide.TaskRunHead;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.TaskRun;
import java.util.Map;

/** Records of the reference store as they are after an effect. */
final class ChangedRecords {
  private ChangedRecords() {}

  /** An execution after a move. An error stays until another one replaces it. */
  static Execution moved(Execution before, Effect.ExecutionMoved move) {
    return new Execution(
        before.id(),
        before.workflowId(),
        before.workflowRevision(),
        move.after().state(),
        move.after().version(),
        before.labels(),
        before.input(),
        before.createdAt(),
        move.after().startedAt(),
        move.after().endedAt(),
        move.error() == null ? before.error() : move.error(),
        before.parent(),
        before.continues(),
        move.after().continuedAs());
  }

  /** An execution with other labels. */
  static Execution labelled(Execution before, Map<String, String> labels) {
    return new Execution(
        before.id(),
        before.workflowId(),
        before.workflowRevision(),
        before.state(),
        before.version(),
        labels,
        before.input(),
        before.createdAt(),
        before.startedAt(),
        before.endedAt(),
        before.error(),
        before.parent(),
        before.continues(),
        before.continuedAs());
  }

  /** An attempt after a move. */
  static Attempt moved(Attempt before, Effect.AttemptMoved move) {
    return new Attempt(
        before.id(),
        move.to(),
        before.worker(),
        before.startedAt(),
        move.endedAt(),
        move.exitCode(),
        move.error());
  }

  /** A task run as its head says. */
  static TaskRun moved(TaskRun before, TaskRunHead head) {
    return new TaskRun(
        before.id(),
        head.executionId(),
        head.taskId(),
        head.state(),
        head.version(),
        head.lastAttempt(),
        before.createdAt(),
        head.startedAt(),
        head.endedAt());
  }
}
