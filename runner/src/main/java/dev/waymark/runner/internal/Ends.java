package dev.waymark.runner.internal;

import dev.waymark.core.model.AttemptState;
import dev.waymark.runner.definition.Stage;
import org.jspecify.annotations.Nullable;

/** What the end of a process, or of the call of a handler, means for its attempt. */
final class Ends {
  private Ends() {}

  static AttemptState state(Job job, Node node, ProcessEnd end) {
    boolean cancelled = job.isCancelled(node.task.stage());
    boolean overdue = job.isOverdue(node.task.stage());
    // What was asked to end because its worker stops may have come to its own end first.
    boolean done =
        end.cause() == ProcessEnd.Cause.ASKED && end.error() == null && !cancelled && !overdue;
    if (end.succeeded() || done) {
      return AttemptState.SUCCEEDED;
    }
    return switch (end.cause()) {
      case ASKED -> overdue && !cancelled ? AttemptState.FAILED : AttemptState.CANCELLED;
      case INTERRUPTED -> AttemptState.CANCELLED;
      case LATE -> AttemptState.LOST;
      case NOT_STARTED, NEVER_STARTS, ITSELF, TIMED_OUT -> AttemptState.FAILED;
    };
  }

  static @Nullable String error(Job job, Node node, ProcessEnd end, AttemptState state) {
    if (state == AttemptState.SUCCEEDED) {
      return null;
    }
    String error = error(job, node, end);
    return end.leftRunning() == null
        ? error
        : (error == null ? "" : error + "; ") + "could not be ended: " + end.leftRunning();
  }

  private static @Nullable String error(Job job, Node node, ProcessEnd end) {
    if (end.cause() != ProcessEnd.Cause.ASKED) {
      return end.error();
    }
    Stage stage = node.task.stage();
    if (job.isCancelled(stage)) {
      return "cancelled";
    }
    return job.isOverdue(stage) ? Deadlines.error(job, stage) : "worker stopped";
  }
}
