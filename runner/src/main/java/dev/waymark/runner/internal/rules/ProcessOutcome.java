package dev.waymark.runner.internal.rules;

import dev.waymark.core.model.AttemptState;
import dev.waymark.runner.definition.Stage;
import dev.waymark.runner.internal.process.ProcessEnd;
import org.jspecify.annotations.Nullable;

/** Determines the outcome of an attempt from the end of its process or handler call. */
public final class ProcessOutcome {
  private ProcessOutcome() {}

  public static AttemptState state(
      ExecutionPicture picture, TaskRunPicture taskRun, ProcessEnd end) {
    boolean cancelled = picture.isCancelled(taskRun.task.stage());
    boolean overdue = picture.isOverdue(taskRun.task.stage());
    // A process that was asked to end because its worker stops may have ended by itself first.
    boolean done =
        end.cause() == ProcessEnd.Cause.ASKED && end.error() == null && !cancelled && !overdue;
    if (end.succeeded() || done) {
      return AttemptState.SUCCEEDED;
    }
    return switch (end.cause()) {
      case ASKED -> overdue && !cancelled ? AttemptState.FAILED : AttemptState.CANCELLED;
      case INTERRUPTED, GIVEN_BACK -> AttemptState.CANCELLED;
      case LATE -> AttemptState.LOST;
      case NOT_STARTED, NEVER_STARTS, ITSELF, TIMED_OUT -> AttemptState.FAILED;
    };
  }

  public static @Nullable String error(
      ExecutionPicture picture, TaskRunPicture taskRun, ProcessEnd end, AttemptState state) {
    if (state == AttemptState.SUCCEEDED) {
      return null;
    }
    String error = error(picture, taskRun, end);
    return end.leftRunning() == null
        ? error
        : (error == null ? "" : error + "; ") + "could not be ended: " + end.leftRunning();
  }

  private static @Nullable String error(
      ExecutionPicture picture, TaskRunPicture taskRun, ProcessEnd end) {
    if (end.cause() != ProcessEnd.Cause.ASKED) {
      return end.error();
    }
    Stage stage = taskRun.task.stage();
    if (picture.isCancelled(stage)) {
      return "cancelled";
    }
    return picture.isOverdue(stage) ? Deadlines.error(picture, stage) : "worker stopped";
  }
}
