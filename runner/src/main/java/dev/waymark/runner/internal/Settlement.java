package dev.waymark.runner.internal;

import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.runner.definition.Stage;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What follows from how tasks ended: the rules of the runner, without any effect but on the {@link
 * Step} they are given.
 *
 * <p>After a failure no ordinary task starts: what runs ends by itself, what waits for its first
 * attempt is skipped, what waits for another one is cancelled. So it is after a time-out, which
 * also ends what runs. Then have their turn the tasks that wait for a failure, then those that run
 * in any case, each stage with a time-out of its own, and the last to end takes the execution with
 * it. A cancellation ends what runs and cancels what waits, but for those that run in any case,
 * which are next then; {@link Job#isCancelled} says so of each stage. All of it is derived from
 * states alone, never from what happened just now; so it is the same for the worker that saw the
 * task end and for one that finds the execution after a crash.
 *
 * <p>Only what an end may have a consequence for is looked at: the tasks that need the one that
 * ended, those that need what is skipped for that reason, and those of a stage that begins. So the
 * end of one task among thousands costs no walk over all of them.
 */
final class Settlement {
  private static final int NAMED_FAILURES = 3;

  private final Step step;
  private final Job job;
  private final Deque<Node> open = new ArrayDeque<>();
  private @Nullable Stage looked;

  private Settlement(Step step) {
    this.step = step;
    this.job = step.job();
  }

  /** What becomes of a task run whose attempt ended so. The node already counts that attempt. */
  static TaskRunState after(AttemptState end, Job job, Node node, Config config) {
    if (end == AttemptState.SUCCEEDED) {
      return TaskRunState.SUCCEEDED;
    }
    if (job.isCancelled(node.task.stage())) {
      return TaskRunState.CANCELLED;
    }
    if (job.isOverdue(node.task.stage()) || isExhausted(end, node, config)) {
      return TaskRunState.FAILED;
    }
    if (!job.failsFast(node)) {
      return TaskRunState.RETRYING;
    }
    return end == AttemptState.FAILED ? TaskRunState.FAILED : TaskRunState.CANCELLED;
  }

  private static boolean isExhausted(AttemptState end, Node node, Config config) {
    return switch (end) {
          case FAILED -> node.hopeless || node.failed >= node.task.retry().maxAttempts();
          case LOST -> node.lost >= config.maxLost();
          case RUNNING, SUCCEEDED, CANCELLED -> false;
        }
        || node.attempt >= config.store().limits().maxAttempts();
  }

  /**
   * Adds everything that follows from the states of the job's nodes; nothing where nothing does.
   */
  static void addTo(Step step) {
    new Settlement(step).settle(step.job().nodes());
  }

  /** Adds what follows from the move of one node, upon a job where all else was settled. */
  static void addTo(Step step, Node moved) {
    Settlement settlement = new Settlement(step);
    Job job = settlement.job;
    boolean broken = moved.state == TaskRunState.FAILED || moved.state == TaskRunState.CANCELLED;
    // Only the first failure has consequences for tasks that do not need the one that failed.
    boolean everywhere = (broken && job.broken() == 1) || job.isCancelled(moved.task.stage());
    settlement.looked = everywhere ? null : moved.task.stage();
    settlement.open.add(moved);
    settlement.settle(everywhere ? job.nodes() : moved.dependants);
  }

  private void settle(Collection<Node> nodes) {
    if (job.state().isTerminal() || job.state() == ExecutionState.PAUSED || job.isWaiting()) {
      return;
    }
    open.addAll(nodes);
    do {
      while (!open.isEmpty()) {
        look(open.remove());
      }
    } while (openNextStage());
    if (job.isDone()) {
      endExecution();
    }
  }

  /** Looks at the tasks of a stage after the first, once it has its turn. */
  private boolean openNextStage() {
    Stage stage = job.stage();
    if (stage == null || stage == Stage.MAIN || stage == looked) {
      return false;
    }
    looked = stage;
    open.addAll(job.nodes(stage));
    return true;
  }

  private void look(Node node) {
    if (node.state == TaskRunState.PENDING) {
      lookAtPending(node);
    } else if (node.state == TaskRunState.RETRYING) {
      lookAtRetrying(node);
    }
  }

  private void lookAtRetrying(Node node) {
    if (job.isCancelled(node.task.stage())) {
      step.move(node, TaskRunState.CANCELLED);
    } else if (job.isOverdue(node.task.stage())) {
      step.move(node, TaskRunState.FAILED);
    } else if (job.failsFast(node)) {
      step.move(node, TaskRunState.CANCELLED);
    } else if (!node.ready) {
      step.ready(node);
      return;
    } else {
      return;
    }
    open.addAll(node.dependants);
  }

  private void lookAtPending(Node node) {
    Stage stage = node.task.stage();
    if (job.isCancelled(stage)) {
      end(node, TaskRunState.CANCELLED);
    } else if (job.isOverdue(stage)) {
      // Where the time-out ends nothing else of the stage, this shows that it did not succeed.
      boolean waits = node.openNeeds == 0 && !job.isBroken(stage);
      end(node, waits ? TaskRunState.CANCELLED : TaskRunState.SKIPPED);
    } else if (job.failsFast(node)) {
      end(node, TaskRunState.SKIPPED);
    } else if (!job.isOpen(stage)) {
      return; // Its turn comes when the stages before have ended.
    } else if (stage == Stage.ON_FAILURE && !job.isBroken(Stage.MAIN)) {
      end(node, TaskRunState.SKIPPED);
    } else if (node.openNeeds == 0 && !node.task.condition().holds(node.ends())) {
      end(node, TaskRunState.SKIPPED);
    } else if (node.openNeeds == 0 && !node.ready) {
      if (stage != Stage.MAIN && !job.hasBegun(stage)) {
        step.beginCleanup();
      }
      step.ready(node);
    }
  }

  private void end(Node node, TaskRunState as) {
    step.move(node, as);
    open.addAll(node.dependants);
  }

  private void endExecution() {
    if (job.state() == ExecutionState.CANCELLING) {
      step.moveExecution(ExecutionState.CANCELLED, errorOfCancelled(job));
      return;
    }
    if (job.state() == ExecutionState.PENDING) {
      step.moveExecution(ExecutionState.RUNNING, null);
    }
    if (job.isTimedOut()) {
      step.moveExecution(ExecutionState.FAILED, Deadlines.errorOfExecution(job, failures(job)));
    } else if (job.isBroken()) {
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
    if (job.isTimedOut()) {
      // That those of the first stage failed goes without saying.
      failed = failed.stream().filter(node -> node.task.stage() != Stage.MAIN).toList();
      return failed.isEmpty() ? "" : named(failed);
    }
    return named(failed.isEmpty() ? in(job, TaskRunState.CANCELLED) : failed);
  }

  /** The error of an execution that was cancelled, with what failed in the tasks after that. */
  private static String errorOfCancelled(Job job) {
    List<Node> failed =
        job.nodes(Stage.FINALLY).stream()
            .filter(node -> node.state == TaskRunState.FAILED)
            .toList();
    return failed.isEmpty() ? Cancels.ERROR : Cancels.ERROR + "; " + named(failed);
  }

  private static String named(List<Node> named) {
    String text =
        named.stream().limit(NAMED_FAILURES).map(Node::failure).collect(Collectors.joining("; "));
    int more = named.size() - NAMED_FAILURES;
    return more <= 0 ? text : text + "; and " + more + " more";
  }

  private static List<Node> in(Job job, TaskRunState state) {
    return job.nodes().stream().filter(node -> node.state == state).toList();
  }
}
