package dev.waymark.runner.internal;

import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.runner.definition.Stage;
import org.jspecify.annotations.Nullable;

/** What the end of a process, or of the call of a handler, means for its attempt. */
final class Ends {
  private Ends() {}

  static AttemptState state(Job job, Node node, ProcessEnd end) {
    boolean overdue = job.isOverdue(node.task.stage());
    // What was asked to end because its worker stops may have come to its own end first.
    boolean done =
        end.cause() == ProcessEnd.Cause.ASKED
            && end.error() == null
            && job.state() != ExecutionState.CANCELLING
            && !overdue;
    if (end.succeeded() || done) {
      return AttemptState.SUCCEEDED;
    }
    return switch (end.cause()) {
      case ASKED -> overdue ? AttemptState.FAILED : AttemptState.CANCELLED;
      case INTERRUPTED -> AttemptState.CANCELLED;
      case LATE -> AttemptState.LOST;
      case NOT_STARTED, ITSELF, TIMED_OUT -> AttemptState.FAILED;
    };
  }

  static @Nullable String error(Job job, Node node, ProcessEnd end, AttemptState state) {
    if (state == AttemptState.SUCCEEDED) {
      return null;
    }
    if (end.cause() != ProcessEnd.Cause.ASKED) {
      return end.error();
    }
    if (job.state() == ExecutionState.CANCELLING) {
      return "cancelled";
    }
    Stage stage = node.task.stage();
    return job.isOverdue(stage) ? Deadlines.error(job, stage) : "worker stopped";
  }
}
