package dev.waymark.runner.internal.rules;

import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.runner.definition.Stage;
import dev.waymark.runner.internal.worker.RunnerConfig;
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
 * which are next then; {@link ExecutionPicture#isCancelled} says so of each stage. All of it is
 * derived from states alone, never from what happened just now; so it is the same for the worker
 * that saw the task end and for one that finds the execution after a crash.
 *
 * <p>Only what an end may have a consequence for is looked at: the tasks that need the one that
 * ended, those that need what is skipped for that reason, and those of a stage that begins. So the
 * end of one task among thousands costs no walk over all of them.
 */
public final class Settlement {
  private static final int NAMED_FAILURES = 3;

  private final StepChanges step;
  private final ExecutionPicture picture;
  private final Deque<TaskRunPicture> open = new ArrayDeque<>();
  private @Nullable Stage looked;

  private Settlement(StepChanges step) {
    this.step = step;
    this.picture = step.picture();
  }

  /** What becomes of a task run whose attempt ended so. The node already counts that attempt. */
  public static TaskRunState after(
      AttemptState end, ExecutionPicture picture, TaskRunPicture node, RunnerConfig config) {
    if (end == AttemptState.SUCCEEDED) {
      return TaskRunState.SUCCEEDED;
    }
    if (picture.isCancelled(node.task.stage())) {
      return TaskRunState.CANCELLED;
    }
    if (picture.isOverdue(node.task.stage()) || isExhausted(end, node, config)) {
      return TaskRunState.FAILED;
    }
    if (!picture.failsFast(node)) {
      return TaskRunState.RETRYING;
    }
    return end == AttemptState.FAILED ? TaskRunState.FAILED : TaskRunState.CANCELLED;
  }

  private static boolean isExhausted(AttemptState end, TaskRunPicture node, RunnerConfig config) {
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
  public static void addTo(StepChanges step) {
    new Settlement(step).settle(step.picture().nodes());
  }

  /** Adds what follows from the move of one node, upon a job where all else was settled. */
  public static void addTo(StepChanges step, TaskRunPicture moved) {
    Settlement settlement = new Settlement(step);
    ExecutionPicture picture = settlement.picture;
    boolean broken = moved.state == TaskRunState.FAILED || moved.state == TaskRunState.CANCELLED;
    // Only the first failure has consequences for tasks that do not need the one that failed.
    boolean everywhere =
        (broken && picture.broken() == 1) || picture.isCancelled(moved.task.stage());
    settlement.looked = everywhere ? null : moved.task.stage();
    settlement.open.add(moved);
    settlement.settle(everywhere ? picture.nodes() : moved.dependants);
  }

  private void settle(Collection<TaskRunPicture> nodes) {
    if (picture.state().isTerminal()
        || picture.state() == ExecutionState.PAUSED
        || picture.isWaiting()) {
      return;
    }
    open.addAll(nodes);
    do {
      while (!open.isEmpty()) {
        look(open.remove());
      }
    } while (openNextStage());
    if (picture.isDone()) {
      endExecution();
    }
  }

  /** Looks at the tasks of a stage after the first, once it has its turn. */
  private boolean openNextStage() {
    Stage stage = picture.stage();
    if (stage == null || stage == Stage.MAIN || stage == looked) {
      return false;
    }
    looked = stage;
    open.addAll(picture.nodes(stage));
    return true;
  }

  private void look(TaskRunPicture node) {
    if (node.state == TaskRunState.PENDING) {
      lookAtPending(node);
    } else if (node.state == TaskRunState.RETRYING) {
      lookAtRetrying(node);
    }
  }

  private void lookAtRetrying(TaskRunPicture node) {
    if (picture.isCancelled(node.task.stage())) {
      step.move(node, TaskRunState.CANCELLED);
    } else if (picture.isOverdue(node.task.stage())) {
      step.move(node, TaskRunState.FAILED);
    } else if (picture.failsFast(node)) {
      step.move(node, TaskRunState.CANCELLED);
    } else if (!node.ready) {
      step.ready(node);
      return;
    } else {
      return;
    }
    open.addAll(node.dependants);
  }

  private void lookAtPending(TaskRunPicture node) {
    Stage stage = node.task.stage();
    if (picture.isCancelled(stage)) {
      end(node, TaskRunState.CANCELLED);
    } else if (picture.isOverdue(stage)) {
      // Where the time-out ends nothing else of the stage, this shows that it did not succeed.
      boolean waits = node.openNeeds == 0 && !picture.isBroken(stage);
      end(node, waits ? TaskRunState.CANCELLED : TaskRunState.SKIPPED);
    } else if (picture.failsFast(node)) {
      end(node, TaskRunState.SKIPPED);
    } else if (!picture.isOpen(stage)) {
      return; // Its turn comes when the stages before have ended.
    } else if (stage == Stage.ON_FAILURE && !picture.isBroken(Stage.MAIN)) {
      end(node, TaskRunState.SKIPPED);
    } else if (node.openNeeds == 0 && !node.task.condition().holds(node.ends())) {
      end(node, TaskRunState.SKIPPED);
    } else if (node.openNeeds == 0 && !node.ready) {
      if (stage != Stage.MAIN && !picture.hasBegun(stage)) {
        step.beginCleanup();
      }
      step.ready(node);
    }
  }

  private void end(TaskRunPicture node, TaskRunState as) {
    step.move(node, as);
    open.addAll(node.dependants);
  }

  private void endExecution() {
    if (picture.state() == ExecutionState.CANCELLING) {
      step.moveExecution(ExecutionState.CANCELLED, errorOfCancelled(picture));
      return;
    }
    if (picture.state() == ExecutionState.PENDING) {
      step.moveExecution(ExecutionState.RUNNING, null);
    }
    if (picture.isTimedOut()) {
      step.moveExecution(
          ExecutionState.FAILED, Deadlines.errorOfExecution(picture, failures(picture)));
    } else if (picture.isBroken()) {
      step.moveExecution(ExecutionState.FAILED, failures(picture));
    } else {
      step.moveExecution(ExecutionState.SUCCEEDED, null);
    }
  }

  /**
   * Names the tasks that failed; those that were cancelled only where none failed, since a failure
   * is what cancels the others.
   */
  private static String failures(ExecutionPicture picture) {
    List<TaskRunPicture> failed = in(picture, TaskRunState.FAILED);
    if (picture.isTimedOut()) {
      // That those of the first stage failed goes without saying.
      failed = failed.stream().filter(node -> node.task.stage() != Stage.MAIN).toList();
      return failed.isEmpty() ? "" : named(failed);
    }
    return named(failed.isEmpty() ? in(picture, TaskRunState.CANCELLED) : failed);
  }

  /** The error of an execution that was cancelled, with what failed in the tasks after that. */
  private static String errorOfCancelled(ExecutionPicture picture) {
    List<TaskRunPicture> failed =
        picture.nodes(Stage.FINALLY).stream()
            .filter(node -> node.state == TaskRunState.FAILED)
            .toList();
    return failed.isEmpty() ? CancelExecution.ERROR : CancelExecution.ERROR + "; " + named(failed);
  }

  private static String named(List<TaskRunPicture> named) {
    String text =
        named.stream()
            .limit(NAMED_FAILURES)
            .map(TaskRunPicture::failure)
            .collect(Collectors.joining("; "));
    int more = named.size() - NAMED_FAILURES;
    return more <= 0 ? text : text + "; and " + more + " more";
  }

  private static List<TaskRunPicture> in(ExecutionPicture picture, TaskRunState state) {
    return picture.nodes().stream().filter(node -> node.state == state).toList();
  }
}
