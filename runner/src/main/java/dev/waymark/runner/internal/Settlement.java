package dev.waymark.runner.internal;

import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunState;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What follows from how a task ended: the rules of the runner, without any effect but on the {@link
 * Step} they are given.
 *
 * <p>After a failure nothing new starts: what runs ends by itself, what waits for its first attempt
 * is skipped, what waits for another one is cancelled, and the last to end takes the execution with
 * it. All of it is derived from states alone, never from what happened just now; so it is the same
 * for the worker that saw the task end and for one that finds the execution after a crash.
 */
final class Settlement {
  private static final int NAMED_FAILURES = 3;

  private Settlement() {}

  /** What becomes of a task run whose attempt ended so. The node already counts that attempt. */
  static TaskRunState after(AttemptState end, Job job, Node node, Config config) {
    if (end == AttemptState.SUCCEEDED) {
      return TaskRunState.SUCCEEDED;
    }
    if (job.state() == ExecutionState.CANCELLING) {
      return TaskRunState.CANCELLED;
    }
    if (isExhausted(end, node, config)) {
      return TaskRunState.FAILED;
    }
    if (!job.isBroken()) {
      return TaskRunState.RETRYING;
    }
    return end == AttemptState.FAILED ? TaskRunState.FAILED : TaskRunState.CANCELLED;
  }

  private static boolean isExhausted(AttemptState end, Node node, Config config) {
    return switch (end) {
          case FAILED -> node.failed >= node.task.retry().maxAttempts();
          case LOST -> node.lost >= config.maxLost();
          case RUNNING, SUCCEEDED, CANCELLED -> false;
        }
        || node.attempt >= config.store().limits().maxAttempts();
  }

  /** Adds what follows from the states of the job's nodes; nothing where nothing does. */
  static void addTo(Step step) {
    Job job = step.job();
    if (job.state().isTerminal() || job.state() == ExecutionState.PAUSED) {
      return;
    }
    if (job.state() == ExecutionState.CANCELLING) {
      endWaiting(step, TaskRunState.CANCELLED);
    } else if (job.isBroken()) {
      endWaiting(step, TaskRunState.SKIPPED);
    } else if (job.hasSkipped()) {
      skipDependants(step);
    }
    if (job.isDone()) {
      endExecution(step);
    }
  }

  private static void endWaiting(Step step, TaskRunState ofPending) {
    if (step.job().isDone()) {
      return;
    }
    for (Node node : step.job().nodes()) {
      if (node.state == TaskRunState.PENDING) {
        step.move(node, ofPending);
      } else if (node.state == TaskRunState.RETRYING) {
        step.move(node, TaskRunState.CANCELLED);
      }
    }
  }

  /**
   * Where a task was skipped without a failure, which only another program does, those that need it
   * can never start.
   */
  private static void skipDependants(Step step) {
    for (Node node : step.job().nodes()) {
      boolean hopeless = node.needs.stream().anyMatch(need -> need.state == TaskRunState.SKIPPED);
      if (hopeless && node.state == TaskRunState.PENDING) {
        step.move(node, TaskRunState.SKIPPED);
      }
    }
  }

  private static void endExecution(Step step) {
    Job job = step.job();
    if (job.state() == ExecutionState.CANCELLING) {
      step.moveExecution(ExecutionState.CANCELLED, Cancels.ERROR);
      return;
    }
    if (job.state() == ExecutionState.PENDING) {
      step.moveExecution(ExecutionState.RUNNING, null);
    }
    if (job.isBroken()) {
      step.moveExecution(ExecutionState.FAILED, failures(job));
    } else {
      step.moveExecution(ExecutionState.SUCCEEDED, null);
    }
  }

  /**
   * Names the tasks that failed; those that were cancelled only where none failed, since a failure
   * is what cancels the others.
   */
  private static String failures(Job job) {
    List<Node> failed = in(job, TaskRunState.FAILED);
    List<Node> named = failed.isEmpty() ? in(job, TaskRunState.CANCELLED) : failed;
    String text =
        named.stream().limit(NAMED_FAILURES).map(Node::failure).collect(Collectors.joining("; "));
    int more = named.size() - NAMED_FAILURES;
    return more <= 0 ? text : text + "; and " + more + " more";
  }

  private static List<Node> in(Job job, TaskRunState state) {
    return job.nodes().stream().filter(node -> node.state == state).toList();
  }
}
